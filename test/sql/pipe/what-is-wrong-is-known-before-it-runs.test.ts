import test from 'ava';
import { engine } from '../../support/engine';
import { read } from '../../support/files';

const sql = engine();

const problems = (expression: unknown) =>
  sql.rows<{ path: string[]; message: string }>(
    'select * from ratchet_internal.pipe_problems($1, $2)',
    [JSON.stringify(expression), ['maps']],
  );

const wrong: [title: string, expression: unknown, path: string][] = [
  ['an unknown function', { a: { '@pipe': [[1], ['{@math.nope}']] } }, 'maps.a.@pipe.1.0'],
  ['a function without a domain', '{@math}', 'maps'],
  ['an unknown function in a later cell', { '@pipe': [[1, '{@a.b}']] }, 'maps.@pipe.0.1'],
  ['no rows', { '@pipe': [] }, 'maps.@pipe'],
  ['rows that are no list', { a: [{ '@pipe': 'x' }] }, 'maps.a.0.@pipe'],
  ['a value after the first row', { '@pipe': [[1], ['{a.b}']] }, 'maps.@pipe.1.0'],
  ['an empty row after the first', { '@pipe': [[1], []] }, 'maps.@pipe.1.0'],
  ['a row that is none', { '@pipe': [[1], { x: 1 }] }, 'maps.@pipe.1'],
  ['a reduce at the start', { '@pipe': [{ '@reduce': [['{$item}']] }] }, 'maps.@pipe.0'],
  ['only nested pipes', { '@pipe': [{ '@pipe': [[1]] }] }, 'maps.@pipe'],
  [
    'a literal at the start of the body of a reduce',
    { '@pipe': [[[], 0], { '@reduce': [[1]] }] },
    'maps.@pipe.1.@reduce.0.0',
  ],
];

for (const [title, expression, path] of wrong) {
  test.serial(`${title} is found where it stands`, async (t) => {
    const found = await problems(expression);
    t.true(
      found.some((problem) => problem.path.join('.') === path),
      JSON.stringify(found),
    );
    t.true(found.every(({ message }) => message.length > 10));
  });
}

test.serial('what is right has no problems', async (t) => {
  const map = {
    ...{ literal: 1, nothing: null, text: 'x{a}', reference: '{a.b}', constant: '{@symbol.date}' },
    list: [{ deep: '{a.b.c}' }],
    pipe: {
      '@pipe': [
        [],
        ['{@symbol.array}', '{a.b}'],
        { '@pipe': [['{@array.push}']] },
        { '@pipe': [[{ kept: '{@no.function}' }]] },
        ['{@array.push}', 0],
        { '@reduce': [{ '@pipe': [['{$output}']] }, ['{@math.add}', '{$item}'], ['{$key}']] },
        ['{@conditional.gte}'],
      ],
    },
  };
  t.deepEqual(await problems(map), []);
});

test.serial('all 194 functions exist, and the aliases', async (t) => {
  const cases = JSON.parse(read('test/sql/pipe/pipes.cases.json')) as { fn: string }[];
  const names = [...new Set(['math.random', ...cases.map(({ fn }) => fn)])];
  t.is(names.length, 194);
  const missing = `select fn from unnest($1::text[]) as fn
    where ratchet_internal.pipe_family(fn) is null`;
  t.deepEqual(await sql.rows(missing, [names]), []);
  for (const alias of ['gte', 'gt', 'lte', 'lt', 'eq', 'neq']) {
    const family = 'select ratchet_internal.pipe_family($1)';
    t.is(await sql.value(family, [`conditional.${alias}`]), 'compare');
  }
});

test.serial('the references that an expression reads', async (t) => {
  const expression = {
    a: '{t1.output.data.x}',
    b: [{ '@pipe': [['{a.b}', '{$item.c}', '{@math.add}'], { '@pipe': [['{}']] }] }],
    c: { '@pipe': [['{v}', { kept: '{not.read}' }], { '@reduce': [['{$output}', '{k.0}']] }] },
  };
  const rows = await sql.rows<{ reference: string[]; path: string[] }>(
    'select * from ratchet_internal.pipe_references($1)',
    [JSON.stringify(expression)],
  );
  const found = rows.map(({ reference, path }) => [reference, path.join('.')]);
  t.deepEqual(found.sort(), [
    [[''], 'b.0.@pipe.1.@pipe.0.0'],
    [['a', 'b'], 'b.0.@pipe.0.0'],
    [['k', '0'], 'c.@pipe.1.@reduce.0.1'],
    [['t1', 'output', 'data', 'x'], 'a'],
    [['v'], 'c.@pipe.0.0'],
  ]);
});
