import test from 'ava';
import { read } from '../../support/files';
import { maps, pipeEngine, pipes, programs, stored } from '../../support/pipe';
import { failure, same } from '../../support/pipe-values';

interface Case {
  name: string;
  pipe?: unknown;
  maps?: unknown;
  rule?: unknown;
  code?: number;
  data?: object;
  result?: unknown;
  throws?: boolean;
  recommended?: { throws?: boolean };
}

const sql = pipeEngine();
const cases = JSON.parse(read('test/sql/pipe/pipes.eval.cases.json')) as Case[];

function expectedOf(one: Case): unknown {
  if (!('recommended' in one)) return one.throws ? failure() : one.result;
  return one.recommended?.throws ? failure() : one.recommended;
}

const rules = `select to_jsonb(ratchet_internal.rule_holds(
  ratchet_internal.rule_compile($1::jsonb), ($2::jsonb ->> 'code')::int, $2::jsonb -> 'data'))`;

const kinds: [title: string, statement: string, of: (one: Case) => [unknown, unknown]][] = [
  ['pipes', pipes, (one) => [one.pipe, one.data ?? {}]],
  ['maps', maps, (one) => [one.maps, one.data ?? {}]],
  ['rules', rules, (one) => [one.rule, { code: one.code, data: one.data ?? {} }]],
];

for (const [title, statement, of] of kinds) {
  test.serial(title, async (t) => {
    const mine = cases.filter((one) => of(one)[0] !== undefined);
    t.true(mine.length > 2);
    const results = await sql.evaluate(
      statement,
      mine.map((one) => [JSON.stringify(of(one)[0]), of(one)[1]]),
    );
    const wrong = mine.flatMap((one, at) =>
      same(results[at], expectedOf(one))
        ? []
        : [{ name: one.name, expected: expectedOf(one), actual: results[at] }],
    );
    t.deepEqual(wrong, []);
  });
}

test.serial('a compiled map gives what the map gives, as it is stored', async (t) => {
  const all = cases.filter((one) => one.pipe !== undefined || one.maps !== undefined);
  const pairs = all.map((one): [string, unknown] => [
    JSON.stringify(one.maps ?? { value: { '@pipe': one.pipe }, kept: { list: ['{a.b}', 1] } }),
    one.data ?? {},
  ]);
  t.deepEqual(await sql.evaluate(programs, pairs), await sql.evaluate(stored, pairs));
});
