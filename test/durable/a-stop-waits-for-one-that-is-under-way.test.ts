import { setImmediate as turn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

type Worker = Awaited<ReturnType<typeof Durable.Worker.create>>;

const WAITS = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`;

async function rest(): Promise<void> {
  await Durable.workflow.sleep('1 hour');
}

/** While the first hands its work back, nobody is told that it has done so. */
async function stopTwice(
  t: ExecutionContext<unknown>,
  first: (worker: Worker) => Promise<void>,
  second: (worker: Worker) => Promise<void>,
) {
  const { connection, pool } = await durableTest(t);
  const worker = await Durable.Worker.create({ connection, taskQueue: 'q', workflow: rest });
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select from ratchet_internal.workers for update');
  const stopped: string[] = [];
  const stops = [
    first(worker).then(() => stopped.push('first')),
    second(worker).then(() => stopped.push('second')),
  ];
  try {
    await waitFor('the worker waits for its row', async () => {
      return ((await pool.query(WAITS)).rowCount ?? 0) > 0;
    });
    await turn();
    t.deepEqual(stopped, []);
  } finally {
    await holder.query('commit');
    holder.release();
  }
  await Promise.all(stops);
  t.is((await pool.query('select from ratchet.workers')).rowCount, 0);
}

const shutdown = () => Durable.shutdown();
const stop = (worker: Worker) => worker.stop();

test.serial('a shutdown beside another, as of a signal', (t) => stopTwice(t, shutdown, shutdown));
test.serial('a shutdown while its worker stops', (t) => stopTwice(t, stop, shutdown));
test.serial('the stop of a worker in a shutdown', (t) => stopTwice(t, shutdown, stop));
test.serial('the stop of a worker beside another', (t) => stopTwice(t, stop, stop));
