import test from 'ava';
import { maps, pipeEngine, pipes, programs, stored } from '../../support/pipe';
import { someText, someValue } from '../../support/pipe-arguments';
import { evaluate, type Row } from '../../support/pipe-reference';
import { failure, same, tag } from '../../support/pipe-values';
import { type Random, seeded } from '../../support/seed';

const sql = pipeEngine();

const functions = ['string.concat', 'math.add', 'conditional.nullish', 'conditional.ternary']
  .concat([
    'conditional.equality',
    'number.lte',
    'array.push',
    'array.get',
    'object.get',
    'no.such',
  ])
  .concat(['object.keys', 'logical.or', 'unary.not', 'json.stringify', 'array.length', 'math.max']);
const references = [
  '{a.list}',
  '{a.text}',
  '{a.object}',
  '{a.object.b}',
  '{a.list.0}',
  '{a.list.length}',
]
  .concat([
    '{a.none}',
    '{a.list.-1}',
    '{a.list.01}',
    '{a.text.length}',
    '{}',
    '{a}',
    '{a.list.1.b}',
  ])
  .concat(['{a.object.length}', '{a.list. 1}', '{a..b}']);
const variables = [
  '{$item}',
  '{$output}',
  '{$index}',
  '{$key}',
  '{$input}',
  '{$item.b}',
  '{$items}',
].concat(['{$input.length}', '{$output.0}']);

const pick = <T>(random: Random, items: T[]): T => items[random.below(items.length)] as T;
const call = (random: Random) => `{@${pick(random, functions)}}`;

function cell(random: Random, isLoop: boolean): unknown {
  const kind = random.below(10);
  if (kind < 4) return pick(random, references);
  if (kind < 6 && isLoop) return pick(random, variables);
  if (kind === 6) return '{@math.add}';
  // JSON only: a pipe is a document.
  return kind === 7
    ? someText(random)
    : pick(random, [1, 0, null, true, '', 'x', [], [1, 'a'], {}]);
}

const cells = (random: Random, isLoop: boolean, most: number) =>
  Array.from({ length: random.below(most) }, () => cell(random, isLoop));

/** Rows that are mostly right, and sometimes wrong. */
function someRows(random: Random, depth: number, isLoop = false): Row[] {
  const rows: Row[] = [];
  if (random.below(8) > 0) {
    const isCall = random.below(4) === 0;
    rows.push([...(isCall ? [call(random)] : []), ...cells(random, isLoop, 4)]);
  }
  for (let count = random.below(4); count > 0; count -= 1) {
    const kind = depth > 0 ? random.below(6) : 5;
    if (kind === 0) rows.push({ '@pipe': someRows(random, depth - 1, isLoop) });
    else if (kind === 1) rows.push({ '@reduce': someRows(random, depth - 1, true) });
    else {
      const start = random.below(20) === 0 ? cell(random, isLoop) : call(random);
      rows.push([start, ...cells(random, isLoop, 3)]);
    }
  }
  return rows;
}

/** Characters of JSON text; what has fewer takes less than the 16 MiB that a value may have. */
const LARGE = 2 ** 20;

/** The value, and whether something made on the way may be too large for the engine. */
function expectedOf(rows: Row[], data: unknown) {
  let isLarge = false;
  const onMade = (value: unknown) => (isLarge ||= (JSON.stringify(value)?.length ?? 0) > LARGE);
  try {
    return { expected: tag(evaluate(rows, data, onMade)), isLarge };
  } catch {
    return { expected: failure(), isLarge };
  }
}

const doubling = {
  rows: [['{list}'], { '@reduce': [['{@json.stringify}']] }] as Row[],
  data: { list: Array(24).fill(0) },
};

const dataOf = (random: Random) => ({
  a: {
    list: [someValue(random, 1), { b: 1 }, 'x'],
    text: someText(random),
    object: { b: someValue(random, 1), cc: 2, '10': null },
  },
  '': 7,
});

test.serial('random pipes give what evaluating them row by row gives', async (t) => {
  const random = seeded(t);
  const some = () => ({ rows: someRows(random, 3), data: dataOf(random) });
  const all = [doubling, ...Array.from({ length: 1500 }, some)];
  const results = await sql.evaluate(
    pipes,
    all.map(({ rows, data }) => [JSON.stringify(rows), tag(data)]),
  );
  const wrong = all.flatMap(({ rows, data }, at) => {
    const { expected, isLarge } = expectedOf(rows, data);
    // Row by row nothing bounds what is made; what fails may have been too large before.
    const mayBeTooLarge = isLarge || same(expected, failure());
    const isTooLarge = mayBeTooLarge && same(results[at], failure('WF506'));
    return same(results[at], expected) || isTooLarge
      ? []
      : [{ rows: JSON.stringify(rows), data, expected, actual: results[at] }];
  });
  t.deepEqual(wrong.slice(0, 10), []);
  const succeeded = results.filter((value) => !same(value, failure()));
  t.true(succeeded.length > all.length / 4);
});

test.serial('random maps give the same compiled, and keep their shape', async (t) => {
  const random = seeded(t);
  const pairs = Array.from({ length: 200 }, (): [string, unknown] => [
    JSON.stringify({
      plain: pick(random, references),
      deep: { pipe: { '@pipe': someRows(random, 2) }, list: [pick(random, references), null, 1] },
      literal: cell(random, false),
    }),
    // As data of a job, which has no special values.
    JSON.parse(JSON.stringify(dataOf(random))),
  ]);
  const [open, compiled, kept] = [
    await sql.evaluate(maps, pairs),
    await sql.evaluate(programs, pairs),
    await sql.evaluate(stored, pairs),
  ];
  t.deepEqual(compiled, kept);
  t.true(open.some((value) => same(value, failure())));
  t.true(open.some((value) => !same(value, failure())));
});
