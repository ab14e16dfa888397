import test from 'ava';
import { Durable } from '../../driver';
import { openBench } from '../support/bench';
import { remoteQueue, SHAPES } from '../support/shapes';
import { waitFor, within } from '../support/wait-for';

test('without notifications, polling alone finds all work', async (t) => {
  const bench = await openBench(t);
  const options = { leaseSeconds: 30, pollMs: 50, notifications: false };
  const [near, far] = [await bench.worker(options), await bench.worker(options)];
  for (const { workflows } of Object.values(SHAPES)) await near.serve('work', workflows);
  await far.serve(remoteQueue('work'));
  // The client of this process listens no more than the workers do.
  await Durable.shutdown();
  const client = new Durable.Client({ connection: bench.connection, notifications: false });
  const results = Object.entries(SHAPES).map(async ([shape, { result }]) => {
    const id = `${shape}-polled`;
    if (shape === 'waits') await client.workflow.signal(`${id}-early`, { n: 1 });
    const start = { workflowName: shape, workflowId: id, taskQueue: 'work', args: [] };
    const handle = await client.workflow.start(start);
    if (shape === 'waits') {
      const wait = `select from ratchet_internal.messages where kind = 'wait' and key = $1`;
      const isOpen = async () => (await bench.pool.query(wait, [`${id}-late`])).rowCount === 1;
      await waitFor('it waits', isOpen);
      await client.workflow.signal(`${id}-late`, { n: 2 });
    }
    const value = await within(`the result of ${id}`, handle.result());
    t.is(JSON.stringify(value), JSON.stringify(result).replaceAll('ID', id));
  });
  for (const end of await Promise.allSettled(results)) {
    if (end.status === 'rejected') throw end.reason;
  }
  const listeners = `select from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`;
  t.is((await bench.pool.query(listeners)).rowCount, 0);
  await near.shutdown();
  await far.shutdown();
});
