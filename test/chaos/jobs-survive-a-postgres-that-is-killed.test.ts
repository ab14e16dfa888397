import test from 'ava';
import { Durable, migrate } from '../../driver';
import { startEmbedded, type EmbeddedPostgres } from '../../driver/database/embedded';
import { openBench, type Bench } from '../support/bench';
import { countEffects } from '../support/effects';
import { remoteQueue, SHAPES } from '../support/shapes';
import { waitFor, within } from '../support/wait-for';

const JOBS = 300;
const KILLS = 3;
/** So many are started from one kill to the next. */
const SHARE = JOBS / (KILLS + 1);
const OPTIONS = { leaseSeconds: 5, pollMs: 200 };

/**
 * Starts jobs one after another, through outages; each id is acknowledged once. Those that belong
 * behind a kill wait for it, or the last kill might find nothing left to do.
 */
async function startAll(bench: Bench, acknowledged: Set<string>, kills: () => number) {
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let number = lane; number < JOBS; number += 4) {
      await waitFor('its share is due', () => number < SHARE * (kills() + 1));
      await bench.start('sequence', `job-${number}`, 'work');
      acknowledged.add(`job-${number}`);
    }
  });
  await Promise.all(lanes);
}

async function finished(bench: Bench): Promise<number> {
  const sql = `select count(*)::int as n from ratchet.jobs where status = 0`;
  return (await bench.pool.query<{ n: number }>(sql)).rows[0]?.n ?? 0;
}

async function kill(server: EmbeddedPostgres, bench: Bench, kills: number): Promise<void> {
  const wanted = SHARE * kills + JOBS / 10;
  await waitFor('there is progress', async () => (await finished(bench)) >= wanted);
  await server.kill('SIGKILL');
  await server.restart();
}

test('300 jobs and two workers survive a Postgres that is killed again and again', async (t) => {
  // Everything that makes it durable is on, as by default.
  const server = await startEmbedded({ settings: { max_connections: '60' } });
  t.teardown(() => server.stop());
  await migrate({ connectionString: server.connectionString });
  const bench = await openBench(t, server);
  const workers = [await bench.worker(OPTIONS), await bench.worker(OPTIONS)];
  for (const worker of workers) {
    await worker.serve('work', ['sequence']);
    await worker.serve(remoteQueue('work'));
  }
  const acknowledged = new Set<string>();
  let kills = 0;
  const starting = startAll(bench, acknowledged, () => kills);
  starting.catch(() => undefined);
  for (; kills < KILLS; kills += 1) {
    await kill(server, bench, kills);
    // Before the look at what was kept: more starts are acknowledged meanwhile.
    const expected = [...acknowledged];
    const { rows } = await bench.pool.query<{ key: string }>('select key from ratchet.jobs');
    const kept = new Set(rows.map(({ key }) => key));
    t.deepEqual(
      expected.filter((id) => !kept.has(id)),
      [],
    );
  }
  await within('all starts', starting);
  t.is(acknowledged.size, JOBS);
  for (const id of acknowledged) {
    const handle = bench.client.workflow.getHandle('work', 'sequence', id);
    t.is(await within(`the result of ${id}`, handle.result()), SHAPES['sequence']?.result);
  }
  t.true(workers.every((worker) => worker.isRunning));
  const odd = `select job_key, field from ratchet.ledger where entries <> 1 or not is_final`;
  t.deepEqual((await bench.pool.query(odd)).rows, []);
  const steps = `select count(*)::int as n from ratchet.jobs_attributes`;
  t.is((await bench.pool.query(steps)).rows[0].n, JOBS * 7);
  t.is(Math.max(...countEffects(bench.effects()).values()) <= 6, true);
  await Durable.shutdown();
});
