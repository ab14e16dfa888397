import test from 'ava';
import { Durable, type RatchetError } from '../../driver';
import { durableTest } from '../support/durable';

async function idle() {
  return 'idle';
}

/** What is no name: of a queue, a workflow, a job, a signal or a namespace. */
const NAMES = ['', 'x'.repeat(513), 7, {}, 'a\nb', '\u0000', '\ud800'];

test.serial('4: each argument of the calls of a client', async (t) => {
  const { client } = await durableTest(t);
  const { workflow: jobs } = client;
  const refused = async (what: string, call: () => unknown) => {
    const error = await t.throwsAsync<RatchetError>(async () => call(), undefined, what);
    t.regex(String(error?.code), /^WF1/, `${what}: ${error?.message}`);
  };
  for (const name of NAMES) {
    const what = JSON.stringify(name);
    await refused(`signal ${what}`, () => jobs.signal(name as never, 1));
    await refused(`its namespace ${what}`, () => jobs.signal('s', 1, name as never));
    await refused(`deployAndActivate ${what}`, () => client.deployAndActivate(name as never));
    await refused(`getHandle ${what}`, () => jobs.getHandle(name as never, 'w', 'i'));
    await refused(`its name ${what}`, () => jobs.getHandle('q', name as never, 'i'));
    await refused(`getHotMeshClient ${what}`, () => client.getHotMeshClient('q', name as never));
  }
  const shared = { taskQueue: 'q', workflowName: 'w' };
  for (const list of [undefined, null, 'x', {}, [null], [7], [{}], [{ workflowId: 7, args: [] }]]) {
    const what = `startMany ${JSON.stringify(list)}`;
    await refused(what, () => jobs.startMany(shared, list as never));
  }
  await refused('startMany', () => jobs.startMany({ ...shared, expires: 1 } as never, []));
  await refused('a typo', () => jobs.startMany(shared, [{ workflowid: 'x', args: [] }] as never));
  for (const given of [undefined, null, 7, 'w', [], () => 1]) {
    await refused(`start ${String(given)}`, () => jobs.start(given as never));
  }
  for (const given of [null, 7, 'w', []]) {
    await refused(`start of it, ${String(given)}`, () => jobs.start(idle, given as never));
    t.throws(() => new Durable.Client(given as never), { code: 'WF104' });
  }
  for (const sql of [undefined, '', ' ', 7]) {
    await refused(`search ${String(sql)}`, () => jobs.search('q', 'w', null, 'sql', sql as never));
  }
  await t.throwsAsync(client.deployAndActivate('durable', 'two'), {
    message: 'Invalid version number',
  });
});

test.serial('7.1: the second queue of an activity worker', async (t) => {
  const { connection, pool } = await durableTest(t);
  for (const name of [...NAMES, null]) {
    const call = Durable.registerActivityWorker({ connection }, {}, name as never);
    await t.throwsAsync(call, undefined, JSON.stringify(name));
  }
  t.is((await pool.query('select from ratchet_internal.workers')).rowCount, 0);
});
