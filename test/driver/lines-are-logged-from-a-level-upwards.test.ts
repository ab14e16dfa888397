import { inspect } from 'node:util';
import test from 'ava';
import { checkLogLevel, log, type LogLevel } from '../../driver/log';

/** The levels of the lines that come out, of one of each. */
function shown(threshold?: LogLevel): string {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  try {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      log(level, 'said', Object.assign(new Error('why'), { code: 'X1' }), threshold);
    }
  } finally {
    process.stderr.write = write;
  }
  const read = lines.map((line) => JSON.parse(line) as Record<string, string>);
  for (const line of read) {
    if (line['message'] !== 'said' || line['reason'] !== 'why' || line['code'] !== 'X1') return '?';
  }
  return read.map((line) => line['level']).join(' ');
}

test.serial('22: HMSH_LOGLEVEL decides, info by default and where it is unknown', (t) => {
  t.teardown(() => delete process.env['HMSH_LOGLEVEL']);
  const expected: [string | undefined, string][] = [
    [undefined, 'info warn error'],
    ['silly', 'debug info warn error'],
    ['debug', 'debug info warn error'],
    ['info', 'info warn error'],
    ['warn', 'warn error'],
    ['error', 'error'],
    ['silent', ''],
    ['loud', 'info warn error'],
  ];
  for (const [level, lines] of expected) {
    if (level === undefined) delete process.env['HMSH_LOGLEVEL'];
    else process.env['HMSH_LOGLEVEL'] = level;
    t.is(shown(), lines, level);
  }
});

test.serial("22: a worker's own level wins", (t) => {
  t.teardown(() => delete process.env['HMSH_LOGLEVEL']);
  process.env['HMSH_LOGLEVEL'] = 'silent';
  t.is(shown('warn'), 'warn error');
  process.env['HMSH_LOGLEVEL'] = 'debug';
  t.is(shown('silent'), '');
  t.throws(() => checkLogLevel('loud'), { code: 'WF104' });
  t.notThrows(() => checkLogLevel('warn'));
});

test.serial('22: a reason that is no JSON is logged as text', (t) => {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  t.teardown(() => (process.stderr.write = write));
  const cyclic: { self?: object } = {};
  cyclic.self = cyclic;
  const nothing = () => {
    throw new Error('nothing can be read of it');
  };
  const unreadable = new Proxy({}, { get: nothing, getPrototypeOf: nothing, ownKeys: nothing });
  const reasons: [unknown, RegExp][] = [
    [10n, /^10n$/],
    [cyclic, /Circular/],
    [Object.assign(new Error('big'), { code: 7n }), /^big$/],
    [{ toJSON: nothing, a: 1 }, /a: 1/],
    [unreadable, /^\{\}$/],
    [{ toJSON: nothing, [inspect.custom]: nothing }, /cannot be shown/],
    ['plain', /^plain$/],
  ];
  for (const [reason, told] of reasons) {
    log('error', 'said', reason);
    const line = JSON.parse(lines.pop() ?? '') as Record<string, string>;
    t.like(line, { level: 'error', message: 'said' });
    t.regex(line['reason'] ?? '', told);
  }
});
