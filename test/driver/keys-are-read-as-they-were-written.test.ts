import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import fc from 'fast-check';
import { fromJson } from '../../driver/database/json-door';
import { readJson } from '../../driver/database/read-json';

/** A value and one of the texts that stand for it. */
type Written = [value: unknown, text: string];

const u = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
const hostile = ['\\', '"', '\n', '\\\\', '\\u', '\\n', 'a\\', 'a"', '__proto__', 'toString', '1'];
const keys = [...hostile, 'a', '', '\0', '\ud800', '\u2028', '{', '}', '":', 'é', '漢'];

const string = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, fc.string({ unit: 'binary' })),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([value, isEscaped]): [string, string] => {
    const unit = (char: string) =>
      isEscaped.next().value ? u(char) : JSON.stringify(char).slice(1, -1);
    return [value, `"${value.split('').map(unit).join('')}"`];
  });

const gap = fc.constantFrom('', '', ' ', '\n', '\t\r ');
const literals = ['true', 'false', 'null', '0', '-0', '1E+2', '1e400', '-1.50', '9007199254740993'];
const scalar = fc.oneof(
  fc.constantFrom(...literals).map((text): Written => [JSON.parse(text), text]),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n): Written => [n + 0, String(n + 0)]),
  string,
);

const { written } = fc.letrec<{ written: Written }>((tie) => {
  const spaced = fc.tuple(gap, tie('written'), gap);
  const array = fc.array(spaced, { maxLength: 5 }).map((items): Written => {
    const texts = items.map(([before, [, text], after]) => before + text + after);
    return [items.map(([, [value]]) => value), `[${texts.join(',')}]`];
  });
  const object = fc.array(fc.tuple(gap, string, spaced), { maxLength: 5 }).map((items): Written => {
    const texts = items.map(
      ([before, [, key], [s, [, text], t]]) => before + key + s + ':' + text + t,
    );
    // fromEntries defines properties as JSON.parse does: the last of equal keys, at the first place
    return [
      Object.fromEntries(items.map(([, [key], [, [value]]]) => [key, value])),
      `{${texts.join(',')}}`,
    ];
  });
  return {
    written: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, array, object),
  };
});

for (const [name, parse] of Object.entries({ fromJson, readJson })) {
  test(`${name} gives what was written, whatever was read before`, (t) => {
    fc.assert(
      fc.property(written, ([value, text]) => {
        const read = parse(text);
        // Strict equality knows -0 and own `__proto__`; the text knows the order of keys.
        return isDeepStrictEqual(read, value) && JSON.stringify(read) === JSON.stringify(value);
      }),
      { numRuns: 1_000 },
    );
    t.pass();
  });

  test(`${name} is not misled by a key that looks like an escape`, (t) => {
    for (const first of ['\\', '\\\\', '\\u', 'a\\']) {
      parse(JSON.stringify({ h: [], [first]: 0 }));
      for (const text of ['"\\""', '"\\n"', '"\\\\a"', '"\\u0041b"', '"a\\n"', '"a\\u0022"']) {
        const key = JSON.parse(text) as string;
        t.deepEqual(Object.keys(parse(`{"h":1,${text} :2}`) as object), ['h', key]);
      }
    }
  });

  test(`${name} reads text of any depth`, (t) => {
    const depth = 100_000;
    let value = parse('{"\\n":['.repeat(depth) + ']}'.repeat(depth));
    for (let level = 1; level < depth; level += 1) value = (value as { '\n': unknown[] })['\n'][0];
    t.deepEqual(value, { '\n': [] });
  });

  test(`${name} adds properties even where prototypes are in the way`, (t) => {
    const value = parse('{"\\u005f_proto__":{"isAdmin":true},"toString":1,"\\n":0}') as object;
    t.is(Object.getPrototypeOf(value), Object.prototype);
    t.deepEqual(Object.keys(value), ['__proto__', 'toString', '\n']);
  });
}

test('what is not JSON is refused, escaped keys or not', (t) => {
  for (const text of [
    '',
    '{',
    '{"\\n":}',
    '{"\\n" 1}',
    '{"\\n":01}',
    '["\\n":1]',
    '{"\\n":1}}',
    '"',
  ]) {
    t.throws(() => fromJson(text), { instanceOf: SyntaxError }, text);
  }
});
