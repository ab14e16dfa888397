import test from 'ava';
import { calls, pipeEngine } from '../../support/pipe';
import { failure, same, tag } from '../../support/pipe-values';
import { someArguments } from '../../support/pipe-arguments';
import { oracle } from '../../support/pipe-oracle';
import { seeded } from '../../support/seed';

const sql = pipeEngine();
const rounds = 30;
/** Bytes that an expression may make. */
const LONGEST = 16 * 1024 * 1024;
/** JavaScript makes it, the engine does not. */
const tooLong = { name: 'string.padStart', args: ['a', new Date(2 ** 25)] };

/** Functions of which no standard says the last digit. */
const rounded =
  /^math\.(a?(cos|sin|tan)h?|atan2|cbrt|exp|expm1|log\w*|hypot|pow)$|^number\.parseInt$/;

function expectedOf(name: string, args: unknown[]): unknown {
  try {
    return tag(oracle[name]?.(...structuredClone<unknown[]>(args)));
  } catch {
    return failure();
  }
}

function isClose(name: string, actual: unknown, expected: unknown): boolean {
  if (!rounded.test(name) || typeof actual !== 'number' || typeof expected !== 'number')
    return false;
  return Math.abs(actual - expected) <= 1e-12 * Math.abs(expected);
}

test.serial('random arguments, hostile ones among them', async (t) => {
  const random = seeded(t);
  const drawn = Object.keys(oracle).flatMap((name) =>
    Array.from({ length: rounds }, () => ({ name, args: someArguments(random, name) })),
  );
  const all = [tooLong, ...drawn];
  const results = await sql.evaluate(
    calls,
    all.map(({ name, args }) => [name, tag(args)]),
  );
  const wrong = all.flatMap(({ name, args }, at) => {
    const expected = expectedOf(name, args);
    // JavaScript has limits of its own, which are higher.
    const isLimited = same(results[at], failure('WF506'));
    const isTooLong = typeof expected === 'string' && Buffer.byteLength(expected) > LONGEST;
    const actual = isLimited ? (isTooLong ? expected : failure()) : results[at];
    const isRight = same(actual, expected) || isClose(name, actual, expected);
    return isRight ? [] : [{ name, args: tag(args), expected, actual }];
  });
  t.deepEqual(wrong, []);
});

/** What the function is given that is not what JavaScript gives. */
async function differing(name: string, given: unknown[][], js: (...args: never[]) => unknown) {
  const results = await sql.evaluate(
    calls,
    given.map((args) => [name, tag(args)]),
  );
  return given.flatMap((args, at) => {
    const expected = tag(js(...(args as never[])));
    return same(results[at], expected) ? [] : [{ args, expected, actual: results[at] }];
  });
}

test.serial('numbers from 2^53 on have the digits that JavaScript writes', async (t) => {
  const random = seeded(t);
  const numbers = Array.from({ length: 4000 }, (_, at) => {
    const exponent = 53 + (at % 4 === 0 ? random.below(970) : random.below(90));
    return (random.below(2) === 0 ? 1 : -1) * (1 + random.below(2 ** 31) / 2 ** 31) * 2 ** exponent;
  });
  const few = Array.from({ length: 1000 }, () =>
    Number(`${1 + random.below(99_999)}e${12 + random.below(20)}`),
  );
  const known = [2 ** 53, 2 ** 53 + 2, 2 ** 54, 2 ** 63, 2 ** 64, 1e21, 1e22, 1e23, 5e-324];
  const given = [...numbers, ...few, ...known, 96833395869901800, Number.MAX_VALUE].map((x) => [x]);
  t.deepEqual(await differing('string.concat', given, (x: number) => String(x)), []);
  t.deepEqual(await differing('number.toExponential', given, (x: number) => x.toExponential()), []);
});

test.serial('ISO 8601 texts in all their forms are dates', async (t) => {
  const usual = Date.parse('2023-04-23T12:00:00Z');
  const same = (text: string, time: number) => [text, time] as const;
  const texts = [
    ...['2023-04-23 12:00:00+00', ' 2023-04-23T12:00:00Z\n', '2023-04-23T12', '2023-04-23 12'],
    ...['20230423T120000Z', '20230423T1200', '20230423T12', '20230423T120000.000+0000'],
    ...['2023-04-23T14:00:00+02', '2023-04-23T14:00:00 +02:00', '2023-04-23T12:00 Z'],
    ...['20230423T140000+02', '2023-04-23T10-02', '2023-04-23 12:00:00.000-00'],
  ].map((text) => same(text, usual));
  texts.push(same('20230423T123456Z', Date.parse('2023-04-23T12:34:56Z')));
  texts.push(same('20230423', 20230423), same('2023-04-23T12:00 PM', 2023));
  const times = new Map<unknown, number>(texts);
  const given = texts.map(([text]) => [text]);
  t.deepEqual(await differing('date.getTime', given, (text) => times.get(text)), []);
  const parsed = given.slice(0, -2);
  t.deepEqual(await differing('date.parse', parsed, (text) => times.get(text)), []);
});

test.serial('a month and a year are the first of that month', async (t) => {
  const given = ['Apr 2023', 'April 2023', '2023 Apr', 'Nov-2023', 'Apr 32', 'Apr 31', '1 April'];
  const args = [...given, 'Apr 0', 'Nov 99', 'Apr 2023 GMT', 'Apr 2023 10:00'].map((x) => [x]);
  const js = (text: string) => Date.parse(/GMT/.test(text) ? text : `${text} UTC`);
  t.deepEqual(await differing('date.parse', args, js), []);
});

test.serial('dates before the year 1 are written as JavaScript does', async (t) => {
  const given = ['-000001-05-05', '0000-05-05', '-000123-01-01', '-271821-04-20', '0001-01-01'];
  const args = [...given, '0005-12-31', '-100000-01-01', '+012345-01-01'].map((x) => [new Date(x)]);
  const utc = { timeZone: 'UTC' };
  const written: [string, (date: Date) => string][] = [
    ['toISOString', (date) => date.toISOString()],
    [
      'toDateString',
      (date) => {
        const [, day = '', year = ''] = /^(\w+, \d+ \w+) (\S+)/.exec(date.toUTCString()) ?? [];
        return day.replace(/(\w+), (\d+) (\w+)/, '$1 $3 $2') + ` ${year}`;
      },
    ],
    ['toLocaleString', (date) => date.toLocaleString('en-US', utc).replaceAll('\u202f', ' ')],
    ['toLocaleDateString', (date) => date.toLocaleDateString('en-US', utc)],
  ];
  for (const [name, js] of written) {
    t.deepEqual(await differing(`date.${name}`, args, js), [], name);
  }
});

test.serial('texts are compared by UTF-16 unit', async (t) => {
  const parts = ['', 'a', '\ud7ff', '\ue000', '\uff5e', '\uffff', '😀'];
  const texts = parts.flatMap((a) => parts.map((b) => a + b));
  const given = texts.flatMap((a) => texts.map((b) => [a, b]));
  t.deepEqual(await differing('conditional.less_than', given, (a: string, b: string) => a < b), []);
  const most = (a: string, b: string) => a >= b;
  t.deepEqual(await differing('conditional.greater_than_or_equal', given, most), []);
});
