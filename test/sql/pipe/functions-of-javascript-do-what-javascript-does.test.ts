import test from 'ava';
import { calls, pipeEngine } from '../../support/pipe';
import { failure, same, tag } from '../../support/pipe-values';
import { someArguments } from '../../support/pipe-arguments';
import { oracle } from '../../support/pipe-oracle';
import { seeded } from '../../support/seed';

const sql = pipeEngine();
const rounds = 30;

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
  const all = Object.keys(oracle).flatMap((name) =>
    Array.from({ length: rounds }, () => ({ name, args: someArguments(random, name) })),
  );
  const results = await sql.evaluate(
    calls,
    all.map(({ name, args }) => [name, tag(args)]),
  );
  const wrong = all.flatMap(({ name, args }, at) => {
    const expected = expectedOf(name, args);
    // JavaScript has its own limits, which are higher.
    const actual = same(results[at], failure('WF506')) ? failure() : results[at];
    const isRight = same(actual, expected) || isClose(name, actual, expected);
    return isRight ? [] : [{ name, args: tag(args), expected, actual }];
  });
  t.deepEqual(wrong, []);
});
