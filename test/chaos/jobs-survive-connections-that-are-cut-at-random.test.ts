import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { openBench, type Bench } from '../support/bench';
import { countEffects } from '../support/effects';
import { remoteQueue, SHAPES } from '../support/shapes';
import { seeded, type Random } from '../support/seed';
import { within } from '../support/wait-for';

const CUT_FOR_MS = 6_000;
const LANES = 12;
const MOST_EXECUTIONS = 6;

/** Everybody but the one that cuts: workers, heartbeats, listeners, clients. */
const OTHERS = `select pid from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() order by pid`;

async function cutConnections(bench: Bench, random: Random): Promise<number> {
  let cuts = 0;
  for (const end = performance.now() + CUT_FOR_MS; performance.now() < end; cuts += 1) {
    const { rows } = await bench.pool.query<{ pid: number }>(OTHERS);
    const victim = rows[random.below(rows.length)];
    await bench.pool.query('select pg_terminate_backend($1)', [victim?.pid]);
    await pause(40);
  }
  return cuts;
}

test('jobs survive connections that are cut at random for some seconds', async (t) => {
  const random = seeded(t);
  const bench = await openBench(t);
  const options = { leaseSeconds: 5, pollMs: 200 };
  for (const worker of [await bench.worker(options), await bench.worker(options)]) {
    for (const { workflows } of Object.values(SHAPES)) await worker.serve('work', workflows);
    await worker.serve(remoteQueue('work'));
  }
  let isOver = false;
  const cutting = cutConnections(bench, random).finally(() => (isOver = true));
  let jobs = 0;
  const shapes = ['sequence', 'fan', 'family', 'retries'] as const;
  const lanes = Array.from({ length: LANES }, async () => {
    while (!isOver) {
      const shape = shapes[jobs % shapes.length] ?? 'fan';
      const id = `${shape}-${(jobs += 1)}`;
      const handle = await bench.start(shape, id, 'work');
      const result = await within(`the result of ${id}`, handle.result(), 90_000);
      t.is(JSON.stringify(result), JSON.stringify(SHAPES[shape]?.result).replaceAll('ID', id));
    }
  });
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === 'rejected') throw lane.reason;
  }
  t.log(`${await cutting} connections cut, ${jobs} jobs`);
  const odd = `select job_key, field from ratchet.ledger where entries <> 1 or not is_final`;
  t.deepEqual((await bench.pool.query(odd)).rows, []);
  t.true(Math.max(...countEffects(bench.effects()).values()) <= MOST_EXECUTIONS);
});
