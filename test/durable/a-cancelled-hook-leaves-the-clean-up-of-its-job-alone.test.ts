import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const scope = workflow.CancellationScope;
const helped: string[] = [];
const activities = {
  async help(name: string) {
    helped.push(name);
  },
};
const { help } = workflow.proxyActivities<typeof activities>({ activities });

async function parked() {
  await workflow.condition('never');
}

async function helper(name: string, info: { signal: string }) {
  await help(name);
  await workflow.signal(info.signal, `${name} helped`);
}

async function host() {
  const cancelled = await workflow.condition('go').catch((error: Error) => error.message);
  const options = { taskQueue: 'q', workflowName: 'helper', args: ['cleaner'] };
  return scope.nonCancellable(async () => [
    cancelled,
    await workflow.execHook<string>(options),
    await workflow.condition<string>('over'),
  ]);
}

test('14, 10.10: hooks that are cancelled leave the function of their job alone', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  for (const run of [parked, helper, host]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
  const handle = await client.workflow.start(host, { taskQueue: 'q', workflowId: 'host' });
  const hook = { workflowId: 'host', taskQueue: 'q', workflowName: 'parked' };
  await client.workflow.hook(hook);
  const waits = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('two waits', async () => (await pool.query(waits)).rowCount === 2);
  await handle.cancel();
  await waitFor('the helper', () => helped.length === 1);
  await client.workflow.hook(hook);
  const open = 'select from ratchet.threads where ended_at is null';
  await waitFor('the ends of the hooks', async () => (await pool.query(open)).rowCount === 0);
  await client.workflow.signal('over', 'done');
  t.deepEqual(await handle.result(), ['Workflow cancelled', 'cleaner helped', 'done']);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
