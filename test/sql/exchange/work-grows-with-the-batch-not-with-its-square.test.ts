import test from 'ava';
import { grows, openBatches, type Batch } from '../../support/batch';
import { halfLifeOfJobs, lifeOfJobs, lifeOfOneJob } from '../../support/batch-life';
import { leaveDeadRows } from '../../support/dead-rows';
import { engine } from '../../support/engine';

const sql = engine();

const FEW = 12;
const TIMES = 4;
/** The square is 16 times as much; a level of a tree, or a sort, is a bit more. */
const MOST_MORE = 1.25 * TIMES;
const MOST_BESIDE = 1.5;

let session: Promise<(size: number) => Batch> | undefined;

async function begin() {
  const batchOf = await openBatches(sql);
  await lifeOfJobs(batchOf(2));
  await lifeOfOneJob(batchOf(2));
  return batchOf;
}

test.serial('four times as many jobs make four times the work of a call', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfJobs(batchOf(FEW));
  const many = await lifeOfJobs(batchOf(FEW * TIMES));
  grows(t, FEW, few, { to: many, most: MOST_MORE });
});

test.serial('so it is while an old snapshot keeps what is dead', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfJobs(batchOf(FEW));
  const reader = await sql.pool().connect();
  await reader.query('begin isolation level repeatable read');
  await reader.query('select from ratchet.jobs');
  const many = await lifeOfJobs(batchOf(FEW * TIMES));
  await reader.query('rollback');
  reader.release();
  grows(t, FEW, few, { to: many, most: MOST_MORE });
});

test.serial('four times as many steps of one job make four times the work', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfOneJob(batchOf(FEW));
  const many = await lifeOfOneJob(batchOf(FEW * TIMES));
  grows(t, FEW, few, { to: many, most: MOST_MORE });
});

test.serial('jobs beside a batch, in the middle of all they do, cost it nothing', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfJobs(batchOf(FEW));
  await halfLifeOfJobs(batchOf(8 * FEW));
  grows(t, FEW, few, { to: await lifeOfJobs(batchOf(FEW)), most: MOST_BESIDE });
});

test.serial('so it is with plans that were made when every row was dead', async (t) => {
  const batchOf = await (session ??= begin());
  await leaveDeadRows(sql, FEW);
  await lifeOfJobs(batchOf(2));
  await lifeOfOneJob(batchOf(2));
  const most = MOST_MORE;
  const few = await lifeOfJobs(batchOf(FEW));
  grows(t, FEW, few, { to: await lifeOfJobs(batchOf(FEW * TIMES)), most });
  const fewSteps = await lifeOfOneJob(batchOf(FEW));
  grows(t, FEW, fewSteps, { to: await lifeOfOneJob(batchOf(FEW * TIMES)), most });
  await halfLifeOfJobs(batchOf(8 * FEW));
  grows(t, FEW, few, { to: await lifeOfJobs(batchOf(FEW)), most: MOST_BESIDE });
});
