import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { condition, proxyActivities } = Durable.workflow;

const activities = { where: async (answer: string) => answer };

async function here() {
  return 'here';
}

async function works() {
  return proxyActivities<typeof activities>({ activities }).where('worked');
}

async function pooled() {
  return proxyActivities<typeof activities>({ taskQueue: 'pool' }).where('pooled');
}

async function waits() {
  return condition<string>('go');
}

test.serial('6: the other workers of the connection go on', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const shop = { connection, taskQueue: 'far', namespace: 'shop' };
  const one = await Durable.Worker.create({ connection, taskQueue: 'q', workflow: here });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: works });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: pooled });
  const last = await Durable.Worker.create({ ...shop, workflow: here });
  const pools = [
    await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities),
    await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities),
  ];
  const start = (workflowName: string, at = {}) =>
    client.workflow.start<string>({ taskQueue: 'q', workflowName, ...at });
  await one.stop();
  await one.stop();
  t.is(await (await start('works')).result(), 'worked');
  t.is(await (await start('here', { taskQueue: 'far', namespace: 'shop' })).result(), 'here');
  const left = await start('here');
  await pools[0]?.stop();
  t.is(await (await start('pooled')).result(), 'pooled', 'the route goes with the last one');
  await pools[1]?.stop();
  const stuck = await start('pooled');
  await last.stop();
  t.is(await (await start('works')).result(), 'worked');
  t.deepEqual(await Promise.all([left.status(), stuck.status()]), [1, 1]);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: here });
  t.is(await left.result(), 'here', 'a worker made afterwards takes what waits');
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities);
  t.is(await stuck.result(), 'pooled');
  t.is((await pool.query('select from ratchet_internal.workers')).rows.length, 1);
});

test.serial('6: with the last worker of a connection its process serves nothing', async (t) => {
  const { connection, pool } = await durableTest(t);
  const one = await Durable.Worker.create({ connection, taskQueue: 'q', workflow: here });
  const other = await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waits });
  const workers = async () => (await pool.query('select from ratchet_internal.workers')).rowCount;
  await one.stop();
  t.is(await workers(), 1);
  await other.stop();
  t.is(await workers(), 0);
});

test.serial('6: what waits for a stopped worker is given back, and goes on', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const one = await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waits });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: here });
  const handle = await client.workflow.start<string>({ taskQueue: 'q', workflowName: 'waits' });
  const held = async () => {
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::int as n from ratchet_internal.messages where position = 0',
    );
    return rows[0]?.n;
  };
  await waitFor('it waits', async () => (await handle.export()).timeline?.length === 1);
  await one.stop();
  await waitFor('nobody holds it', async () => (await held()) === 0);
  await handle.signal('go', 'went');
  await delay(200);
  t.is(await handle.status(), 1, 'nobody serves it');
  const workflow = { waits: async () => `newer ${await condition<string>('go')}` };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow });
  t.is(await handle.result(), 'newer went');
});

test.serial('6: of two functions for one workflow the older is run again', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: here });
  const workflow = { here: async () => 'there' };
  const newer = await Durable.Worker.create({ connection, taskQueue: 'q', workflow });
  const run = async () => {
    const handle = await client.workflow.start<string>({ taskQueue: 'q', workflowName: 'here' });
    return handle.result();
  };
  t.is(await run(), 'there');
  await newer.stop();
  t.is(await run(), 'here');
});
