import test from 'ava';
import { openBench, type Bench } from '../support/bench';
import { remoteQueue, type WorkflowName } from '../support/shapes';
import { expireLease, type WorkerProcess } from '../support/worker-process';

/**
 * As a supervisor does: where a worker dies another one starts, until somebody says that it is
 * enough.
 */
async function supervise(
  bench: Bench,
  queue: string,
  names: WorkflowName[],
  end: Promise<unknown>,
) {
  let isOver = false;
  void end.then(() => (isOver = true));
  const started: WorkerProcess[] = [];
  while (!isOver) {
    const worker = await bench.worker({ leaseSeconds: 600, pollMs: 200 });
    started.push(worker);
    await worker.serve(queue, names);
    await Promise.race([worker.exited, end]);
    if (worker.isRunning) break;
    await worker.isForgotten();
    await expireLease(bench.pool, worker.name);
  }
  return started;
}

for (const maximumAttempts of [0, 2]) {
  test.serial(
    `a local step with ${maximumAttempts} retries runs once more than that`,
    async (t) => {
      const bench = await openBench(t);
      const handle = await bench.start('single', 'lethal', 'work', 'deadly', 0, maximumAttempts);
      const end = handle.result({ throwOnError: false });
      await supervise(bench, 'work', ['single'], end);
      t.is(bench.effects('lethal').length, maximumAttempts + 1);
      const error = (await end) as { code: number; message: string };
      t.is(error.code, 597);
      const steps = await bench.pool.query('select attempts, is_failed from ratchet.ledger');
      t.deepEqual(steps.rows, [{ attempts: String(maximumAttempts + 1), is_failed: true }]);
    },
  );
}

test.serial('a remote step runs once more than its retries', async (t) => {
  const bench = await openBench(t);
  const survivor = await bench.worker({ leaseSeconds: 600, pollMs: 200 });
  await survivor.serve('work', ['remotely']);
  const handle = await bench.start('remotely', 'lethal', 'work', 'deadly', 0, 2);
  const end = handle.result({ throwOnError: false });
  await supervise(bench, remoteQueue('work'), [], end);
  t.deepEqual(
    bench.effects('lethal').map(({ attempt }) => attempt),
    [1, 2, 3],
  );
  t.is(((await end) as { code: number }).code, 597);
});

test.serial('a function that kills its worker every time is given up', async (t) => {
  const bench = await openBench(t);
  const handle = await bench.start('suicide', 'lethal', 'work');
  const end = handle.result({ throwOnError: false });
  const started = await supervise(bench, 'work', ['suicide'], end);
  const error = (await end) as { code: number; message: string };
  t.is(error.code, 597);
  t.regex(error.message, /lost with its worker/);
  t.is(started.filter((worker) => !worker.isRunning).length, 10);
  t.is(await handle.status(), 0);
});
