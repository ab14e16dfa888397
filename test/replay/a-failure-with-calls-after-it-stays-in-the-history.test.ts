import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { waitFor, within } from '../support/wait-for';

const activities = {
  async undo(): Promise<string> {
    return 'undone';
  },
  async confirm(): Promise<string> {
    return 'confirmed';
  },
};

const { condition, executeChild } = Durable.workflow;
const { undo, confirm } = Durable.workflow.proxyActivities<typeof activities>();

async function child(): Promise<unknown> {
  return condition('go');
}

async function plain(): Promise<string> {
  await executeChild(child);
  return confirm();
}

async function tidy(): Promise<string> {
  try {
    await executeChild(child);
  } catch (error) {
    await undo();
    throw error;
  }
  return confirm();
}

/**
 * Runs a parent whose first child is stopped from outside, which is no final failure of the parent.
 */
async function playWith(t: Parameters<typeof testDatabase>[0], workflow: typeof plain) {
  const { url, pool } = await testDatabase(t);
  t?.teardown(() => Durable.shutdown());
  const connection = { class: Client, options: { connectionString: url } };
  const shared = { connection, taskQueue: 'work', options: { pollMs: 50 } };
  await Durable.Worker.create({ ...shared, workflow: child, activities });
  await Durable.Worker.create({ ...shared, workflow });
  const handle = await new Durable.Client({ connection }).workflow.start(workflow, {
    ...{ taskQueue: 'work', workflowId: 'parent', args: [] },
    config: { maximumAttempts: 2, initialInterval: 10, backoffCoefficient: 1 },
  });
  const waiting = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('the child waits', async () => (await pool.query(waiting)).rowCount === 1);
  await pool.query(`select ratchet.terminate(key) from ratchet.jobs where workflow = 'child'`);
  return { pool, handle, waiting };
}

test.serial('a failure that ended the function is tried again', async (t) => {
  const { pool, handle, waiting } = await playWith(t, plain);
  await waitFor('another child waits', async () => (await pool.query(waiting)).rowCount === 1);
  await pool.query(`select ratchet.signal('go')`);
  t.is(await within('the result', handle.result()), 'confirmed');
});

test.serial('a failure that was answered with a call is not: it would not fit', async (t) => {
  const { pool, handle } = await playWith(t, tidy);
  const error = await t.throwsAsync(within('the end', handle.result(), 20_000));
  t.regex(String(error?.message), /interrupted/);
  const steps = 'select kind, is_failed from ratchet.ledger where job_key = $1 order by field';
  t.deepEqual((await pool.query(steps, ['parent'])).rows, [
    { kind: 'child', is_failed: true },
    { kind: 'activity', is_failed: false },
  ]);
});
