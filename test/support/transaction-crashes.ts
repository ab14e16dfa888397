import type { ExecutionContext } from 'ava';
import { openBench, type Bench } from './bench';
import { MOMENTS, type CrashPoint } from './crash-point';
import { remoteQueue, type WorkflowName } from './shapes';
import { waitFor, within } from './wait-for';
import { expireLease } from './worker-process';

/** Begin, limit, savepoint, the user's insert, release, report, commit. */
const STATEMENTS = 7;
export const REPORT = 6;
export const COMMIT = 7;

export const allPoints: CrashPoint[] = Array.from({ length: STATEMENTS }, (_, index) =>
  MOMENTS.map((when) => ({ at: index + 1, when, of: 'transaction' as const })),
).flat();

// No lease may run out by itself: dead workers are expired by hand.
const OPTIONS = { leaseSeconds: 600, pollMs: 200 };

/**
 * Kills a worker at points of an activity's transaction; another finishes the job. Each time the
 * user's table has one row, which another execution wrote only if the first was not committed.
 */
export async function tryTransactionCrashes(
  t: ExecutionContext<unknown>,
  place: 'here' | 'there',
  points: readonly CrashPoint[],
): Promise<void> {
  const bench = await openBench(t);
  await bench.pool.query('create table books (job text, amount int)');
  for (const [index, point] of points.entries()) {
    const id = `${place}-${index}`;
    const title = `${place} ${JSON.stringify(point)}`;
    const executions = await crashOnce(t, bench, id, place, point);
    const { rows } = await bench.pool.query('select amount from books where job = $1', [id]);
    t.deepEqual(rows, [{ amount: 5 }], title);
    const isCommitted = point.at === COMMIT && point.when !== 'before';
    // What was sent may be lost with the process only before the server has read it: it has.
    t.is(executions, isCommitted ? 1 : 2, title);
  }
}

async function crashOnce(
  t: ExecutionContext<unknown>,
  bench: Bench,
  id: string,
  place: 'here' | 'there',
  point: CrashPoint,
): Promise<number> {
  const [workflow, queue]: [WorkflowName, string] =
    place === 'here' ? ['single', id] : ['remotely', remoteQueue(id)];
  const others = await bench.worker(OPTIONS);
  if (place === 'there') await others.serve(id, [workflow]);
  const victim = await bench.worker(OPTIONS);
  await victim.serve(queue, place === 'here' ? [workflow] : []);
  await victim.arm(point);
  const handle = await bench.start(workflow, id, id, 'book', 5);
  await within(`the death at ${JSON.stringify(point)}`, victim.exited);
  await victim.isForgotten();
  t.false(victim.isRunning);
  await expireLease(bench.pool, victim.name);
  await others.serve(queue, place === 'here' ? [workflow] : []);
  t.is(await within('the result', handle.result()), 5);
  await others.kill();
  await expireLease(bench.pool, others.name);
  const open = 'select from ratchet_internal.messages m join ratchet.jobs j on j.id = m.job_id';
  await waitFor('nothing is open', async () => (await bench.pool.query(open)).rowCount === 0);
  return bench.effects(id).length;
}
