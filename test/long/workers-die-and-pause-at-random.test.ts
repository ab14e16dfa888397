import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { openBench, type Bench } from '../support/bench';
import { countEffects } from '../support/effects';
import { remoteQueue, SHAPES } from '../support/shapes';
import { seeded, type Random } from '../support/seed';
import { within } from '../support/wait-for';
import type { WorkerProcess } from '../support/worker-process';

const FOR_MS = Number(process.env['CHAOS_MS'] ?? 120_000);
const WORKERS = 4;
const LANES = 8;
const LEASE_SECONDS = 2;
const MOST_EXECUTIONS = 6;

async function startWorker(bench: Bench): Promise<WorkerProcess> {
  const worker = await bench.worker({ leaseSeconds: LEASE_SECONDS, pollMs: 200 });
  for (const { workflows } of Object.values(SHAPES)) await worker.serve('work', workflows);
  await worker.serve(remoteQueue('work'));
  return worker;
}

/** Kills a worker and starts another, or pauses one for longer than its lease. */
async function disturb(
  bench: Bench,
  workers: WorkerProcess[],
  index: number,
  random: Random,
): Promise<'killed' | 'paused'> {
  const worker = workers[index] as WorkerProcess;
  if (random.below(3) > 0) {
    worker.signal('SIGKILL');
    await worker.exited;
    workers[index] = await startWorker(bench);
    return 'killed';
  }
  worker.signal('SIGSTOP');
  await pause((LEASE_SECONDS + random() * 2) * 1_000);
  worker.signal('SIGCONT');
  return 'paused';
}

test('jobs survive workers that die and pause at random', async (t) => {
  t.timeout(FOR_MS + 600_000);
  const random = seeded(t);
  const bench = await openBench(t);
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(bench)));
  let isOver = false;
  const done = { killed: 0, paused: 0 };
  // All but one of them: somebody is always at work.
  const disturbers = workers.slice(1).map(async (_, index) => {
    for (const end = performance.now() + FOR_MS; performance.now() < end;) {
      done[await disturb(bench, workers, index + 1, random)] += 1;
      await pause(random.below(1_000));
    }
  });
  const disturbing = Promise.all(disturbers).finally(() => (isOver = true));
  let jobs = 0;
  const shapes = ['sequence', 'fan', 'family'] as const;
  const lanes = Array.from({ length: LANES }, async () => {
    while (!isOver) {
      const shape = shapes[jobs % shapes.length] ?? 'fan';
      const id = `${shape}-${(jobs += 1)}`;
      const handle = await bench.start(shape, id, 'work');
      const result = await within(`the result of ${id}`, handle.result(), 120_000);
      t.is(JSON.stringify(result), JSON.stringify(SHAPES[shape]?.result).replaceAll('ID', id));
    }
  });
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === 'rejected') throw lane.reason;
  }
  await disturbing;
  t.log(JSON.stringify({ ...done, jobs }));
  const odd = `select job_key, field from ratchet.ledger where entries <> 1 or not is_final`;
  t.deepEqual((await bench.pool.query(odd)).rows, []);
  t.true(Math.max(...countEffects(bench.effects()).values()) <= MOST_EXECUTIONS);
});
