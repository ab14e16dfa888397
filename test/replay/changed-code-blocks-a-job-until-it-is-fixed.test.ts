import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase, type TestDatabase } from '../support/cluster';
import { waitFor, within } from '../support/wait-for';

type Code = () => Promise<unknown>;

const activities = {
  async one(): Promise<string> {
    return 'one';
  },
  async two(): Promise<string> {
    return 'two';
  },
};

const { condition, entity, executeChild, search, sleep } = Durable.workflow;
const { one, two } = Durable.workflow.proxyActivities<typeof activities>();

/** A deployment: the function under the name that the job was started with. */
async function deploy({ url }: TestDatabase, code: Code) {
  await Durable.shutdown();
  const connection = { class: Client, options: { connectionString: url } };
  const shared = { connection, taskQueue: 'work', options: { pollMs: 50 } };
  const subject = async () => code();
  await Durable.Worker.create({ ...shared, workflow: subject, activities });
  return new Durable.Client({ connection }).workflow;
}

/** Runs `first` until it waits for 'go', then `changed`, then `first` again. */
async function blockAndFix(database: TestDatabase, first: Code, changed: Code) {
  const { pool } = database;
  const started = await deploy(database, first);
  await started.start({ workflowName: 'subject', workflowId: 'job', taskQueue: 'work', args: [] });
  const waiting = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('it waits', async () => (await pool.query(waiting)).rowCount === 1);

  const broken = await deploy(database, changed);
  const signal = await broken.signal('go', 1);
  const job = `select status, error from ratchet.jobs where key = 'job' and error is not null`;
  const look = async () => (await pool.query(job)).rows[0];
  const { status, error } = await waitFor('it is blocked', look);

  const fixed = await deploy(database, first);
  // Blocked jobs are tried again every half minute; nobody waits for that here.
  await pool.query('update ratchet_internal.messages set due_at = now() where position = 0');
  const result = await within('the result', fixed.getHandle('work', 'subject', 'job').result());
  return { status, error, result, signal };
}

const first: Code = async () => [await one(), await condition('go'), await two()];

const changes: Record<string, [Code, string, string]> = {
  'another activity': [
    async () => [await two(), await condition('go'), await two()],
    'activity one',
    'activity two',
  ],
  'another kind of call': [
    async () => [await one(), await sleep('1 hour'), await two()],
    'wait go',
    'sleep sleep',
  ],
  'a child instead of an activity': [
    async () => [await executeChild('one'), await condition('go'), await two()],
    'activity one',
    'child one',
  ],
  'an operation on data instead of an activity': [
    async () => [await (await search()).get('x'), await condition('go'), await two()],
    'activity one',
    'search search.get',
  ],
};

for (const [name, [changed, recorded, called]] of Object.entries(changes)) {
  test.serial(`${name} blocks the job, and a fixed deployment lets it go on`, async (t) => {
    const database = await testDatabase(t);
    t.teardown(() => Durable.shutdown());
    const { status, error, result } = await blockAndFix(database, first, changed);
    t.is(status, 1);
    t.is(error.code, 902);
    const [kind, step] = recorded.split(' ');
    const [otherKind, other] = called.split(' ');
    t.true(error.message.includes(`${kind} '${step}'`), error.message);
    t.true(error.message.includes(`${otherKind} '${other}'`), error.message);
    t.deepEqual(result, ['one', 1, 'two']);
  });
}

test.serial('a parallel call that is left out blocks the job', async (t) => {
  const database = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const both: Code = async () => {
    const [signal, value] = await Promise.all([condition('go'), one().then(() => two())]);
    return [signal, value];
  };
  const { error, result } = await blockAndFix(database, both, async () => [await condition('go')]);
  t.is(error.code, 902);
  t.true(error.message.includes(`activity 'one'`), error.message);
  t.deepEqual(result, [1, 'two']);
});

test.serial('a call that comes late is no change of the code', async (t) => {
  const database = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const late = async () => {
    const value = await one();
    await pause(100); // as code does that reads a file
    return [value, await two()];
  };
  const code: Code = async () => Promise.all([condition('go'), late()]);
  const started = await deploy(database, code);
  await started.start({ workflowName: 'subject', workflowId: 'job', taskQueue: 'work', args: [] });
  const steps = 'select from ratchet.jobs_attributes';
  await waitFor('it waits', async () => (await database.pool.query(steps)).rowCount === 3);
  const again = await deploy(database, code);
  await again.signal('go', 1);
  const handle = again.getHandle('work', 'subject', 'job');
  t.deepEqual(await within('the result', handle.result()), [1, ['one', 'two']]);
});

test.serial('what the changed code had begun before that is not recorded', async (t) => {
  const database = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const { pool } = database;
  let isRunning = false;
  let release: () => void = () => undefined;
  const free = new Promise<void>((resolve) => (release = resolve));
  t.teardown(() => release());
  // The first call has no row yet when the second has one.
  const code: Code = async () => Promise.all([held(), condition('go')]);
  const changed: Code = async () => Promise.all([two(), sleep('1 hour')]);
  const activity = async () => {
    isRunning = true;
    await free;
    return 'held';
  };
  const { held } = Durable.workflow.proxyActivities<{ held: typeof activity }>({
    activities: { held: activity },
  });
  const started = await deploy(database, code);
  await started.start({ workflowName: 'subject', workflowId: 'job', taskQueue: 'work', args: [] });
  const steps = 'select position, kind from ratchet.jobs_attributes';
  await waitFor('it waits', async () => isRunning && (await pool.query(steps)).rowCount === 1);
  await Durable.shutdown();
  // As if its worker had been lost: steps are recorded before they run.
  await pool.query(`update ratchet_internal.messages set options = '{"isCareful":true}'
    where position = 0`);

  await deploy(database, changed);
  const job = `select from ratchet.jobs where error ->> 'code' = '902'`;
  await waitFor('it is blocked', async () => (await pool.query(job)).rowCount === 1);
  t.deepEqual((await pool.query(steps)).rows, [{ position: 2, kind: 'wait' }]);

  release();
  const fixed = await deploy(database, code);
  await pool.query('update ratchet_internal.messages set due_at = now() where position = 0');
  await fixed.signal('go', 1);
  const handle = fixed.getHandle('work', 'subject', 'job');
  t.deepEqual(await within('the result', handle.result()), ['held', 1]);
});

const withData: Code = async () => {
  const found = await (await search()).incr('n', 1);
  return [found, await condition('go'), await two()];
};

const others: Record<string, [Code, string]> = {
  'an activity instead of an operation on data': [
    async () => [await one(), await condition('go'), await two()],
    "the function called activity 'one'",
  ],
  'the entity instead of search attributes': [
    async () => [await (await entity()).get(), await condition('go'), await two()],
    "the function called entity 'entity.get'",
  ],
};

for (const [name, [changed, called]] of Object.entries(others)) {
  test.serial(`${name} blocks the job, and changes nothing`, async (t) => {
    const database = await testDatabase(t);
    t.teardown(() => Durable.shutdown());
    const { error, result } = await blockAndFix(database, withData, changed);
    t.true(error.message.endsWith(`has search 'search.incr', ${called}.`), error.message);
    t.deepEqual(result, [1, 1, 'two']);
    const { rows } = await database.pool.query(`select ratchet.attributes('job') as data`);
    t.deepEqual(rows, [{ data: { n: '1' } }]);
  });
}
