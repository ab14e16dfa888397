import type { Random } from './seed';

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;

const numbers = [0, -0, 1, -1, 2, 3, 7, 10, 0.1, 0.5, 1.005, 1.5, -1.5, 2.5, 25, 99.995, 123.456]
  .concat([1e-7, 1e21, 1e300, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31), 1e15, 123456789012345])
  .concat([NaN, Infinity, -Infinity, Number.MAX_VALUE, 1e-6, 0.000001234, 16, 36]);

const texts = ['', ' ', 'a', 'abc', 'Hello World', '0', '1', '12', '-5', '1.5', '1e3', '0x1F', 'b']
  .concat([
    'a,b,c',
    'NaN',
    'Infinity',
    'true',
    'null',
    '$&',
    '$$',
    "$'",
    'ß',
    'Ééü',
    '  x\t',
    'aaa',
  ])
  .concat(['\u00a0n\ufeff', '.', '*', '[a]', '\\d+', 'length', '{"a":[1,null]}', '[1,2', '12px'])
  .concat([
    "'; drop table x; --",
    '"',
    '\\',
    '\n',
    '1,2',
    'a$b',
    '日本語',
    '0b101',
    '-0',
    '+7',
    '1_0',
  ])
  .concat(['2023-04-23', '2024-02-29T23:59:59.999Z', '99999999999999999999', 'l+', '^H', 'o\\b']);

export function someNumber(random: Random): number {
  if (random.below(3) === 0) return pick(random, numbers);
  const size = pick(random, [10, 100, 1e6, 1e12, 1e20]);
  const number = (random() - 0.5) * size;
  return random.below(2) === 0 ? Math.round(number) : number;
}

export const someText = (random: Random): string =>
  random.below(4) > 0
    ? pick(random, texts)
    : Array.from({ length: random.below(8) }, () => pick(random, [...'abAB01 .,-é'])).join('');

export const someDate = (random: Random): Date =>
  new Date(
    random.below(12) === 0 ? NaN : Math.round((random() - 0.3) * pick(random, [1e10, 4e12, 2e14])),
  );

/** Any value: scalars mostly, lists and objects of them, and what JSON does not have. */
export function someValue(random: Random, depth = 2): unknown {
  const kind = random.below(depth > 0 ? 12 : 8);
  if (kind < 3) return someNumber(random);
  if (kind < 6) return someText(random);
  if (kind === 6) return pick(random, [null, undefined]);
  if (kind === 7) return pick(random, [true, false]);
  const length = random.below(4);
  if (kind < 10) return Array.from({ length }, () => someValue(random, depth - 1));
  if (kind === 10 && depth === 2) return someDate(random);
  const entries = Array.from({ length }, () => [
    pick(random, ['a', 'b', 'cc', '1', '10', 'length']),
    someValue(random, depth - 1),
  ]);
  // In the order in which Postgres keeps the keys of an object.
  entries.sort(
    ([a], [b]) => String(a).length - String(b).length || (String(a) < String(b) ? -1 : 1),
  );
  return Object.fromEntries(entries) as object;
}

/** Ways of writing a date that JavaScript reads, and some that it does not. */
function dateText(random: Random): string {
  const date = new Date(1e12 * random());
  const [year, day] = [date.getUTCFullYear(), date.getUTCDate() + random.below(3)];
  const month = date.toUTCString().slice(8, 11);
  const clock = date.toISOString().slice(11, 19);
  const zone = pick(random, ['', ' GMT', ' UTC', ' +0530', ' GMT-0800', ' EST', ' Z', ' PDT']);
  return pick(random, [
    date.toISOString(),
    date.toISOString().slice(0, 10 + random.below(10)),
    `${date.toISOString().slice(0, 19)}${pick(random, ['', 'Z', '+02:00', '-0330', '.5Z'])}`,
    `${year}-${String(random.below(14)).padStart(2, '0')}-${String(day).padStart(2, '0')}`,
    date.toUTCString(),
    date.toString(),
    `${month} ${day}, ${year} ${clock}${zone}`,
    `${day} ${month}uary ${year}${zone}`,
    `${date.getUTCMonth() + random.below(3)}/${day}/${year} ${clock.slice(0, 5)}${zone}`,
    `${year}/${date.getUTCMonth() + 1}/${day}`,
    `${month} ${day} ${year} ${1 + random.below(13)}:30 ${pick(random, ['am', 'PM'])}`,
    pick(random, ['garbage', '', 'Foo 12, 2020', '24:00', month]),
  ]);
}

/** Values that have an order: numbers or texts, with null and undefined among them. */
function sortable(random: Random): unknown[] {
  const isText = random.below(2) === 0;
  const word = () =>
    Array.from({ length: 1 + random.below(4) }, () => pick(random, [...'abAB cé1']));
  return Array.from({ length: random.below(8) }, () => {
    if (random.below(6) === 0) return pick(random, [null, undefined]);
    return isText ? word().join('') : random.below(40) / 4 - 3;
  });
}

/** JSON text, sometimes with a character too many or too few. */
function jsonText(random: Random): string {
  const text = JSON.stringify(someValue(random, 3)) ?? 'null';
  const at = random.below(text.length + 1);
  if (random.below(3) > 0) return pick(random, ['', ' ', '\n']) + text;
  return text.slice(0, at) + pick(random, ['', ',', '"', '}', '0', '\\']) + text.slice(at + 1);
}

const list = (random: Random) =>
  Array.from({ length: random.below(5) }, () => someValue(random, 1));

/** Arguments for a function: of the kinds it is meant for, or of any kind. */
export function someArguments(random: Random, name: string): unknown[] {
  const [domain] = name.split('.');
  const isWild = random.below(4) === 0;
  const rest = (length: number) =>
    Array.from({ length: random.below(length) }, () =>
      random.below(3) > 0 ? random.below(8) - 3 : someValue(random, 1),
    );
  if (name.startsWith('date.') && !['date.parse', 'date.UTC'].includes(name)) {
    const parts = Array.from({ length: 1 + random.below(4) }, () => random.below(200) - 60);
    return name.includes('.set') ? [someDate(random), ...parts] : [someDate(random)];
  }
  if (name === 'date.UTC') {
    return [
      random.below(3000) - 200,
      ...Array.from({ length: random.below(7) }, () => random.below(90) - 20),
    ];
  }
  if (name === 'date.parse') return [dateText(random)];
  if (name === 'array.sort') return [sortable(random), pick(random, [undefined, 'ASCENDING', 'x'])];
  if (name === 'json.parse') return [jsonText(random)];
  if (name === 'json.stringify') {
    const replacer = pick(random, [undefined, null, ['a', 'b'], ['cc', 10, 'a']]);
    return [
      someValue(random, 3),
      replacer,
      pick(random, [undefined, 2, '--', 20, someNumber(random)]),
    ];
  }
  if (isWild) return Array.from({ length: random.below(4) }, () => someValue(random));
  switch (domain) {
    case 'math':
    case 'bitwise':
    case 'unary':
    case 'number':
      return [someNumber(random), ...rest(3)];
    case 'string':
      return [someText(random), someText(random), ...rest(3)];
    case 'array':
      return [list(random), someValue(random, 1), ...rest(3)];
    default:
      return Array.from({ length: 1 + random.below(3) }, () => someValue(random));
  }
}
