import test from 'ava';
import { engineFiles, read } from '../support/files';

const WRITES = /(?:insert into|update) ratchet_internal\.messages\b[^;]*\bdue_at\b/;
const CALL = /\bratchet(?:_internal)?\.\w+(?=\()/g;

/** Functions by name, without comments. */
function functions(): Map<string, string> {
  return new Map(
    engineFiles().flatMap((path) => {
      const text = read(path).replace(/--.*$/gm, '');
      const [, name] = /create function (ratchet(?:_internal)?\.\w+)/.exec(text) ?? [];
      return name === undefined ? [] : [[name, text]];
    }),
  );
}

// Looks under an old snapshot rely on it: sql/dispatch/remember_look.sql.
test('no function that dates messages is given the time of now()', (t) => {
  const all = functions();
  const reads = (name: string, clock: string) =>
    all.get(name)?.includes(`ratchet_internal.${clock}()`) === true;
  const dates = (name: string, seen = new Set<string>()): boolean => {
    const text = all.get(name);
    if (text === undefined || seen.has(name)) return false;
    seen.add(name);
    if (WRITES.test(text)) return true;
    return [...text.matchAll(CALL)].some(([called]) => {
      return !reads(called, 'write_time') && dates(called, seen);
    });
  };
  const writers = [...all.keys()].filter((name) => dates(name));
  t.true(writers.length > 20);
  t.deepEqual(
    writers.filter((name) => reads(name, 'now') && !reads(name, 'write_time')),
    [],
  );
});
