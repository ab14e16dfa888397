import test from 'ava';
import { calls, pipeEngine } from '../../support/pipe';
import { failure, same } from '../../support/pipe-values';
import { seeded } from '../../support/seed';

const sql = pipeEngine();

const tokens = ['a', 'b', '1', '.', '*', '+', '?', '*?', '{2}', '{1,}', '{', '}', '[', '[^', ']']
  .concat([
    '[]',
    '[^]',
    '(',
    ')',
    '(?:',
    '(?=b).',
    '(?!b).',
    '(?<=a)1',
    '(?<!a)b',
    '(?i)',
    '|',
    '^',
    '$',
    '-',
  ])
  .concat(['\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\b', '\\B', '\\.', '\\\\', '\\n', '\\x61'])
  .concat(['\\u0061', '\\/', '\\-', 'é', ' ', '\n', '[:alpha:]', '\\q', '\\0', '/', '***:']);
const letters = ['a', 'b', 'c', '1', ' ', '\n', 'é', '.', '-', ']', '[', '{', '}', 'q'];

function expectedOf(text: string, pattern: string): unknown {
  try {
    return text.search(pattern);
  } catch {
    return failure();
  }
}

test.serial('string.search of random patterns, many of them malformed', async (t) => {
  const random = seeded(t);
  const some = (items: string[], most: number) =>
    Array.from({ length: random.below(most) }, () => items[random.below(items.length)]).join('');
  const pairs = Array.from({ length: 1500 }, (): [string, string] => [
    some(letters, 9),
    some(tokens, 6),
  ]);
  const results = await sql.evaluate(
    calls,
    pairs.map((pair) => ['string.search', pair]),
  );
  const wrong = pairs.flatMap(([text, pattern], at) => {
    const expected = expectedOf(text, pattern);
    return same(results[at], expected) ? [] : [{ text, pattern, expected, actual: results[at] }];
  });
  t.deepEqual(wrong, []);
  t.true(results.filter((value) => typeof value === 'number' && value >= 0).length > 100);
});

const octals: [string, string][] = [
  ['c b{1', '\\01?. '],
  ['a\u0001b', '\\01b'],
  ['a\u0001b', '[\\01]'],
  ['a\nb', '\\12'],
  ['xA', '\\101'],
  ['x\u00201', '\\401'],
  ['x8', '\\8'],
  ['(\u00012', '(?:)\\0012'],
];

test.serial('escapes with octal digits', async (t) => {
  const results = await sql.evaluate(
    calls,
    octals.map((pair) => ['string.search', pair]),
  );
  const expected = octals.map(([text, pattern]) => expectedOf(text, pattern));
  t.deepEqual(results, expected);
  t.true(expected.every((at) => Number(at) >= 0));
});

test.serial('hyphens beside classes, and a control character that is none', async (t) => {
  const patterns = [
    '[a-\\d]',
    '[\\d-z]',
    '[\\s-\\d]',
    '[^b-\\w]',
    '[-\\d]',
    '[a-c-\\d]',
    '\\c',
  ].concat(['[\\c]', 'x\\c1', '[\\w-]', '[+--\\d]', '[\\d-\\w-z]']);
  const texts = ['-', '5', 'a', 'b', 'z', 'x\\c1', '\\c', ' -', '.', 'c', '\u0011', ','];
  const pairs = patterns.flatMap((pattern) =>
    texts.map((text): [string, string] => [text, pattern]),
  );
  const results = await sql.evaluate(
    calls,
    pairs.map((pair) => ['string.search', pair]),
  );
  const wrong = pairs.flatMap(([text, pattern], at) => {
    const expected = expectedOf(text, pattern);
    return same(results[at], expected) ? [] : [{ text, pattern, expected, actual: results[at] }];
  });
  t.deepEqual(wrong, []);
});
