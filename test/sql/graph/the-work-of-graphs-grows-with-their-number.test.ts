import test, { type ExecutionContext } from 'ava';
import { Batch, type Life } from '../../support/batch';
import { documents, halfLifeOfGraphs, lifeOfGraphs } from '../../support/batch-graphs';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';
import { workMeter } from '../../support/work-meter';

const sql = engine();

/** So that eight times as many stay within the activities that one call runs. */
const FEW = 16;
const TIMES = 8;
/** The square is 64 times as much; another plan for the same may have twice as many nodes. */
const MOST_MORE = 2 * TIMES;
const MOST_BESIDE = 2;
/** A statement that is new with many, or touches fewer rows an item, has nothing to compare. */
const ROWS_AN_ITEM = 8;

let session: Promise<{ batchOf: (size: number) => Batch; app: string }> | undefined;

/** One session for all, which keeps the plans that it made when the tables were empty. */
async function begin() {
  const { app } = await graphApp(sql, ...documents);
  for (const table of ['ratchet.jobs', 'ratchet.jobs_attributes', 'ratchet_internal.messages']) {
    await sql.rows(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  const client = await sql.pool().connect();
  const meter = await workMeter(client);
  const batchOf = (size: number) => new Batch(sql, client, meter, sql.name(), size);
  sql.finally(async () => {
    await meter.end();
    client.release();
  });
  await lifeOfGraphs(batchOf(2), app);
  return { batchOf, app };
}

/** Each statement of a call by itself: the sum of a call would hide one among its many. */
function grows(t: ExecutionContext, from: Life, to: Life, most: number) {
  t.true(to.size > 0);
  const tooMuch = [...to].flatMap(([call, work]) =>
    [...work].flatMap(([statement, rows]) => {
      const before = Math.max(from.get(call)?.get(statement) ?? 0, ROWS_AN_ITEM * FEW);
      if (rows <= most * before) return [];
      return [`${call}: ${before} → ${rows} rows in ${statement.slice(0, 400)}`];
    }),
  );
  t.deepEqual(tooMuch, []);
}

test.serial('eight times as many jobs of a graph make eight times the work', async (t) => {
  const { batchOf, app } = await (session ??= begin());
  const few = await lifeOfGraphs(batchOf(FEW), app);
  grows(t, few, await lifeOfGraphs(batchOf(FEW * TIMES), app), MOST_MORE);
});

test.serial('graphs beside a batch, in the middle of what they do, cost it nothing', async (t) => {
  const { batchOf, app } = await (session ??= begin());
  const few = await lifeOfGraphs(batchOf(FEW), app);
  await halfLifeOfGraphs(batchOf(10 * FEW), app);
  grows(t, few, await lifeOfGraphs(batchOf(FEW), app), MOST_BESIDE);
});
