import type { ExecutionContext } from 'ava';
import { MOMENTS } from './crash-point';
import { graphCrashBench } from './graph-crash';
import { seeded } from './seed';

/**
 * A recording run tells how many exchanges, and so commits, a graph takes. A process is then killed
 * before, in and after each of them, or of a sample, and another finishes the job.
 */
export async function tryGraphCrashes(t: ExecutionContext<unknown>, sample?: number) {
  const random = seeded(t);
  const bench = await graphCrashBench(t);
  const calm = await bench.run();
  t.deepEqual(calm.faults, [], 'without a crash');
  const points = Array.from({ length: calm.exchanges }, (_, at) => at + 1).flatMap((at) =>
    MOMENTS.map((when) => ({ at, when })),
  );
  let deaths = 0;
  for (const crash of random.shuffled(points).slice(0, sample)) {
    const { hasDied, faults } = await bench.run(crash);
    t.deepEqual(faults, [], JSON.stringify(crash));
    if (hasDied) deaths += 1;
  }
  t.log(`${calm.exchanges} exchanges, ${deaths} deaths`);
  t.true(deaths > 0);
}
