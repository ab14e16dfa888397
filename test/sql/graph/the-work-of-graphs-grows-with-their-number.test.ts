import test from 'ava';
import { grows, openBatches, type Batch } from '../../support/batch';
import { documents, halfLifeOfGraphs, lifeOfGraphs } from '../../support/batch-graphs';
import { leaveDeadRows } from '../../support/dead-rows';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

/** So that four times as many stay within the activities that one call runs. */
const FEW = 12;
const TIMES = 4;
/** The square is 16 times as much; another plan for the same may have twice as many nodes. */
const MOST_MORE = 2 * TIMES;
const MOST_BESIDE = 2;

let session: Promise<{ batchOf: (size: number) => Batch; app: string }> | undefined;

async function begin() {
  const { app } = await graphApp(sql, ...documents);
  const batchOf = await openBatches(sql);
  await lifeOfGraphs(batchOf(2), app);
  return { batchOf, app };
}

test.serial('four times as many jobs of a graph make four times the work', async (t) => {
  const { batchOf, app } = await (session ??= begin());
  const few = await lifeOfGraphs(batchOf(FEW), app);
  const many = await lifeOfGraphs(batchOf(FEW * TIMES), app);
  grows(t, FEW, few, { to: many, most: MOST_MORE });
});

test.serial('graphs beside a batch, in the middle of what they do, cost it nothing', async (t) => {
  const { batchOf, app } = await (session ??= begin());
  const few = await lifeOfGraphs(batchOf(FEW), app);
  await halfLifeOfGraphs(batchOf(8 * FEW), app);
  grows(t, FEW, few, { to: await lifeOfGraphs(batchOf(FEW), app), most: MOST_BESIDE });
});

test.serial('so it is with plans that were made when every row was dead', async (t) => {
  const { batchOf, app } = await (session ??= begin());
  await leaveDeadRows(sql, FEW);
  await lifeOfGraphs(batchOf(2), app);
  const few = await lifeOfGraphs(batchOf(FEW), app);
  grows(t, FEW, few, { to: await lifeOfGraphs(batchOf(FEW * TIMES), app), most: MOST_MORE });
  await halfLifeOfGraphs(batchOf(8 * FEW), app);
  grows(t, FEW, few, { to: await lifeOfGraphs(batchOf(FEW), app), most: MOST_BESIDE });
});
