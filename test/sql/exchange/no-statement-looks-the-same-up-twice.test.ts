import test from 'ava';
import { openBatches } from '../../support/batch';
import { documents, lifeOfGraphs } from '../../support/batch-graphs';
import { lifeOfJobs, lifeOfOneJob } from '../../support/batch-life';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';
import { twinsIn } from '../../support/twin-plans';

const sql = engine();

/** Two columns of threads and jobs, for the few answers whose thread has no message. */
const MEANT = /^ratchet_internal\.settle: .*(?:threads|jobs)_pkey/;

test('in the lives of jobs and of graphs', async (t) => {
  const { app } = await graphApp(sql, ...documents);
  const twins = new Set<string>();
  let plans = 0;
  const batchOf = await openBatches(sql, (plan, text) => {
    plans += 1;
    for (const twin of twinsIn(plan)) twins.add(`${text.slice(0, 200)}: ${twin}`);
  });
  await lifeOfJobs(batchOf(3));
  await lifeOfOneJob(batchOf(3));
  await lifeOfGraphs(batchOf(3), app);
  t.true(plans > 1_000);
  t.deepEqual(
    [...twins].filter((twin) => !MEANT.test(twin)),
    [],
  );
});
