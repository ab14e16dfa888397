import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { Durable } from '../../driver';
import { blockEventLoop } from '../support/block';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

/** Longer than a function may take for its next call. */
const BLOCKED_MS = 5_500;
const activities = { note: async (text: string) => text };
const { note } = Durable.workflow.proxyActivities<typeof activities>({ activities });
const WAITS = `select from ratchet.open_steps where why like '%signal go%'`;
let isRebuilt = false;

async function slow(): Promise<string> {
  const first = await note('a');
  // Not durable: an answer from outside of the process, which comes while that is blocked.
  if (isRebuilt) setTimeout(() => setImmediate(blockEventLoop, BLOCKED_MS), 100);
  await promisify(exec)('sleep 0.5');
  const second = await note('b');
  return first + second + (await Durable.workflow.condition<string>('go'));
}

test('a function that waits for something else goes on in a blocked process', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const to = { connection, taskQueue: 'q', workflow: slow };
  const worker = await Durable.Worker.create(to);
  const handle = await client.workflow.start(slow, { taskQueue: 'q', workflowId: 'w', args: [] });
  await waitFor('it waits', async () => (await pool.query(WAITS)).rowCount);
  await worker.stop();
  isRebuilt = true;
  await Durable.Worker.create(to);
  await handle.signal('go', 'c');
  t.is(await handle.result(), 'abc');
});
