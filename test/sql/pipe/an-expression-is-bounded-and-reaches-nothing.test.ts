import test from 'ava';
import { read } from '../../support/files';
import { calls, pipeEngine, pipes, programs } from '../../support/pipe';
import { failure, same } from '../../support/pipe-values';

const sql = pipeEngine();
const tooLarge = failure('WF506');

const attacks = [
  "'; drop schema ratchet cascade; --",
  "{@string.concat'); drop schema ratchet cascade; --}",
  '{@string.concat}',
  "{a.b'||pg_sleep(9)||'}",
  '{a,b}',
  '{"a"}',
  '{a.}b}',
  '{a\\.b}',
  '{NULL}',
  '{{}}',
  '{a.b"}',
  '$$; select 1; $$',
  '%I %L %s',
  '{@pg_catalog.pg_sleep}',
  '{@compare.compare}',
  '{@$fail}',
  '{@store}',
];

test.serial('names and values are data wherever they stand', async (t) => {
  const pairs = attacks.flatMap((text): [string, unknown][] => [
    [
      JSON.stringify({
        [text]: {
          '@pipe': [
            [text, '|'],
            ['{@string.concat}', text],
          ],
        },
      }),
      {},
    ],
    [JSON.stringify({ list: [text, { [text]: text }] }), { a: { b: text }, [text]: text }],
    [JSON.stringify({ '@pipe': [['x'], [text]] }), { [text]: text }],
  ]);
  const results = await sql.evaluate(programs, pairs);
  const failed = results.map((value) => (value as { failed?: string } | null)?.failed);
  t.deepEqual(
    failed.filter((code) => code !== undefined && code !== 'WF107'),
    [],
  );
  t.true(same(results[0], { [attacks[0] ?? '']: `${attacks[0]}|` }));
  const names = await sql.evaluate(
    calls,
    attacks.map((text) => [text, [text, text]]),
  );
  t.true(names.every((value) => same(value, failure())));
});

test.serial('a reference with braces, quotes or commas reads the key of that name', async (t) => {
  const keys = ['a,b', '"a"', '{}', 'a}b', 'NULL', 'a\\b', "it's", ' ', 'ключ', '$', '%s'];
  const results = await sql.evaluate(
    pipes,
    keys.map((key) => [JSON.stringify([[`{x.${key}}`]]), { x: { [key]: key } }]),
  );
  t.deepEqual(results, keys);
});

const double = [['{v}', 'x'], { '@reduce': [['{$output}', '{$output}'], ['{@string.concat}']] }];
const pairUp = [
  ['{v}', ['x'.repeat(4000)]],
  { '@reduce': [['{$output}', '{$output}'], ['{@array.push}']] },
];
/** Goes through the list again in each step of `body`. */
const through = (...body: unknown[]) => [
  { '@pipe': [['{v}', 0], { '@reduce': body }] },
  ['{@math.add}'],
];
const nested = [['{v}', 0], { '@reduce': through(...through(['{$index}'])) }];

const large: [title: string, statement: string, first: string, second: unknown][] = [
  ['repeat', calls, 'string.repeat', ['ab', 1e9]],
  ['repeat without bound', calls, 'string.repeat', ['ab', 1e300]],
  ['padStart', calls, 'string.padStart', ['a', 1e9]],
  ['padEnd', calls, 'string.padEnd', ['a', 2 ** 53, 'xyz']],
  ['a far position of a list', calls, 'object.set', [[], 4e9 - 1e9, 1]],
  ['the length of a list', calls, 'object.set', [[], 'length', 4e9]],
  ['a long separator', calls, 'array.join', [Array(2000).fill(1), 'x'.repeat(10_000)]],
  [
    'replacements that repeat the text',
    calls,
    'string.replace',
    ['x'.repeat(1e5), 'x', "$`$'".repeat(200)],
  ],
  ['a long pattern', calls, 'string.search', ['a', 'a?'.repeat(1000)]],
  ['deep indentation', calls, 'json.stringify', [deep(90, Array(20_000).fill(1)), null, 10]],
  ['deep JSON', calls, 'json.stringify', [deep(900, 1)]],
  ['a deep list as text', calls, 'string.concat', [deep(900, 1)]],
  ['text that doubles', pipes, JSON.stringify(double), { v: Array(64).fill(0) }],
  ['lists that double', pipes, JSON.stringify(pairUp), { v: Array(64).fill(0) }],
  ['loops in loops in loops', pipes, JSON.stringify(nested), { v: Array(300).fill(0) }],
];

function deep(levels: number, core: unknown): unknown {
  return levels === 0 ? core : [deep(levels - 1, core)];
}

for (const [title, statement, first, second] of large) {
  test.serial(`${title}: too large is WF506`, async (t) => {
    t.deepEqual(await sql.evaluate(statement, [[first, second]]), [tooLarge]);
  });
}

test.serial('an error names the function and the reason', async (t) => {
  const error = await t.throwsAsync<Error & { code: string; detail: string; hint: string }>(
    sql.rows(`select ratchet.pipe_eval('[[5], ["{@string.trim}"]]')`),
  );
  t.is(error?.code, 'WF107');
  t.is(error?.message, 'expression failed');
  t.deepEqual(JSON.parse(error?.detail ?? ''), {
    function: 'string.trim',
    reason: 'the first argument is not text',
  });
  t.truthy(error?.hint);
});

test.serial('no argument of any kind makes a function fail in its own way', async (t) => {
  const cases = JSON.parse(read('test/sql/pipe/pipes.cases.json')) as { fn: string }[];
  const known = [...new Set(['math.random', ...cases.map(({ fn }) => fn)])];
  const odd = [
    ...[null, '', [], {}, [null], { $: 'undefined' }, { $: 'NaN' }, { $: 'Infinity' }, 1e308],
    ...[{ $: 'date', value: null }, { $: 'date', value: '+275760-09-13T00:00:00.000Z' }, -1e300],
    ...[{ $: 'date', value: 'junk' }, { $: 'date' }, { $: 'other' }, { $: 7 }, 'x'.repeat(300)],
  ];
  const pairs = known.flatMap((fn) =>
    odd.flatMap((a, at): [string, unknown][] => [
      [fn, [a, odd[(at * 7 + 3) % odd.length], odd[(at * 5 + 1) % odd.length], a]],
      [fn, [a]],
    ]),
  );
  const results = await sql.evaluate(calls, pairs);
  const strange = results.flatMap((value, at) => {
    const code = (value as { failed?: string } | null)?.failed;
    return code && !['WF107', 'WF506'].includes(code) ? [{ call: pairs[at], code }] : [];
  });
  t.deepEqual(strange, []);
});
