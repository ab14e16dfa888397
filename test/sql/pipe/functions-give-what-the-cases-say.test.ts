import test from 'ava';
import { read } from '../../support/files';
import { calls, pipeEngine } from '../../support/pipe';
import { failure, same } from '../../support/pipe-values';

interface Case {
  fn: string;
  args: unknown[];
  result?: unknown;
  throws?: boolean;
  recommended?: unknown;
  approx?: number;
  unordered?: boolean;
  now?: string;
}

const sql = pipeEngine();
const cases = JSON.parse(read('test/sql/pipe/pipes.cases.json')) as Case[];
const domains = [...new Set(cases.map(({ fn }) => fn.split('.')[0] ?? ''))];

function isExpected(one: Case, actual: unknown): boolean {
  const expected = expectedOf(one);
  if (same(actual, expected)) return true;
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= (one.approx ?? 0) * Math.abs(expected);
  }
  const sorted = (list: unknown) => (Array.isArray(list) ? [...(list as unknown[])].sort() : list);
  return one.unordered === true && same(sorted(actual), sorted(expected));
}

const expectedOf = (one: Case) =>
  'recommended' in one ? one.recommended : one.throws ? failure() : one.result;

test.serial('the cases are all there', (t) => {
  t.is(cases.length, 922);
  t.is(domains.length, 13);
});

for (const domain of domains) {
  test.serial(`${domain}.*`, async (t) => {
    const mine = cases.filter(({ fn }) => fn.startsWith(`${domain}.`));
    for (const now of new Set(mine.map((one) => one.now))) {
      if (now) await sql.stopClock(now);
      const group = mine.filter((one) => one.now === now);
      const results = await sql.evaluate(
        calls,
        group.map(({ fn, args }) => [fn, args]),
      );
      const wrong = group.flatMap((one, at) =>
        isExpected(one, results[at])
          ? []
          : [{ fn: one.fn, args: one.args, expected: expectedOf(one), actual: results[at] }],
      );
      t.deepEqual(wrong, []);
      if (now) await sql.stopClock(null);
    }
  });
}
