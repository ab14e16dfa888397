import type { ExecutionContext } from 'ava';
import { CrashBench, type CrashCase, type Victim } from './crash-run';
import { MOMENTS, type CrashPoint } from './crash-point';
import { seeded, type Random } from './seed';

/** How many of the points of one shape are tried; all of them when it says nothing. */
export interface Sample {
  points: number;
  /** A second process takes over, and is killed too. */
  doubles: number;
}

const AT_ONCE = 3;

/**
 * A recording run tells how many exchanges a shape has. A process is then killed before, in and
 * after each of them, and others finish its job: with the same result, and without repeating what
 * was recorded.
 */
export async function tryCrashes(
  t: ExecutionContext<unknown>,
  shape: string,
  victim: Victim,
  sample?: Sample,
): Promise<void> {
  const random = seeded(t);
  const bench = await CrashBench.open(t);
  const calm = await bench.run({ shape, victim, crashes: [] });
  t.deepEqual(calm.faults, [], 'without a crash');
  const cases = chosen(allPoints(calm.exchanges), random, sample);
  const died = [0, 0, 0];
  const tryNext = async (): Promise<void> => {
    for (let crashes = cases.pop(); crashes !== undefined; crashes = cases.pop()) {
      const attempt: CrashCase = { shape, victim, crashes };
      const report = await bench.run(attempt).catch((error: Error) => {
        throw new Error(`${JSON.stringify(attempt)}: ${error.message}`, { cause: error });
      });
      died[report.died] = (died[report.died] ?? 0) + 1;
      t.deepEqual(report.faults, [], JSON.stringify({ shape, victim, crashes }));
    }
  };
  const lanes = Array.from({ length: AT_ONCE }, () => tryNext().finally(() => (cases.length = 0)));
  // All of them have ended before what they use is closed.
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === 'rejected') throw lane.reason;
  }
  const [none, once, twice] = died;
  t.log(`${calm.exchanges} exchanges; no crash ${none}, one ${once}, two ${twice}`);
}

function allPoints(exchanges: number): CrashPoint[] {
  const places = Array.from({ length: exchanges }, (_, index) => index + 1);
  return places.flatMap((at) => MOMENTS.map((when) => ({ at, when })));
}

function chosen(points: CrashPoint[], random: Random, sample?: Sample): CrashPoint[][] {
  const singles = random.shuffled(points).slice(0, sample?.points);
  const doubles = random.shuffled(points).slice(0, sample?.doubles ?? points.length / 2);
  // The second process begins late in the job: it has fewer exchanges before it.
  const second = () => ({ ...(random.shuffled(points)[0] as CrashPoint), at: 1 + random.below(8) });
  return [...singles.map((point) => [point]), ...doubles.map((point) => [point, second()])];
}
