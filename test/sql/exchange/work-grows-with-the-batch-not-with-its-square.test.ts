import test, { type ExecutionContext } from 'ava';
import { Batch, type Life } from '../../support/batch';
import { halfLifeOfJobs, lifeOfJobs, lifeOfOneJob } from '../../support/batch-life';
import { engine } from '../../support/engine';
import { mostGrown, total, workMeter } from '../../support/work-meter';

const sql = engine();

const FEW = 25;
const TIMES = 8;
/** What grows with the square is 64 times as much; a level of a tree, or a sort, is a bit more. */
const MOST_MORE = 1.25 * TIMES;
const MOST_BESIDE = 1.5;

/** One session for all, which keeps its plans. */
let session: Promise<(size: number) => Batch> | undefined;

async function begin() {
  // Plans stay as they were made when the tables were empty: that is the worst case.
  const tables = await sql.rows<{ name: string }>(`select oid::regclass::text as name
    from pg_class where relkind = 'r' and relnamespace in ('ratchet'::regnamespace,
      'ratchet_internal'::regnamespace)`);
  for (const { name } of tables) {
    await sql.rows(`alter table ${name} set (autovacuum_enabled = off)`);
  }
  const client = await sql.pool().connect();
  const meter = await workMeter(client);
  const batchOf = (size: number) => new Batch(sql, client, meter, sql.name(), size);
  sql.finally(async () => {
    await meter.end();
    client.release();
  });
  await lifeOfJobs(batchOf(2));
  await lifeOfOneJob(batchOf(2));
  return batchOf;
}

/** Each call of a life touches at most so many times the rows as in another one. */
function grows(t: ExecutionContext, from: Life, to: Life, most: number) {
  const tooMuch = [...to].flatMap(([call, work]) => {
    const before = from.get(call) ?? new Map<string, number>();
    const times = total(work) / total(before);
    return times > most ? [`${call}: ${times.toFixed(1)} times; ${mostGrown(before, work)}`] : [];
  });
  t.deepEqual(tooMuch, []);
}

test.serial('eight times as many jobs make eight times the work of a call', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfJobs(batchOf(FEW));
  grows(t, few, await lifeOfJobs(batchOf(FEW * TIMES)), MOST_MORE);
});

test.serial('eight times as many steps of one job make eight times the work', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfOneJob(batchOf(FEW));
  grows(t, few, await lifeOfOneJob(batchOf(FEW * TIMES)), MOST_MORE);
});

test.serial('jobs beside a batch, in the middle of all they do, cost it nothing', async (t) => {
  const batchOf = await (session ??= begin());
  const few = await lifeOfJobs(batchOf(FEW));
  await halfLifeOfJobs(batchOf(20 * FEW));
  grows(t, few, await lifeOfJobs(batchOf(FEW)), MOST_BESIDE);
});
