import test, { type ExecutionContext } from 'ava';
import { Client, Pool } from 'pg';
import { Connection, Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

/** What is written to the log until the end of the test. */
function logged(t: ExecutionContext<unknown>): string[] {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  t.teardown(() => (process.stderr.write = write));
  return lines;
}

async function where(): Promise<string> {
  const { namespace, workflowId } = workflow.workflowInfo();
  return `${namespace}/${workflowId}`;
}

test.serial('3: connect names a database without connecting to it', async (t) => {
  const options = { connectionString: 'postgres://nowhere.invalid/none', max: 3, unknown: true };
  t.deepEqual(Connection.connect({ class: Client, options }), {
    ...{ class: Client, options, provider: 'postgres' },
  });
  t.like(Connection.create({ class: Pool, options }), { provider: 'postgres.pool' });
  const pool = new Pool({ connectionString: 'postgres://nowhere.invalid/none' });
  t.like(Connection.connect({ class: pool }), { provider: 'postgres.poolclient' });
  await pool.end();
  const given = { class: Client, options, provider: 'postgres.pool', readonly: true } as const;
  t.deepEqual(Connection.connect(given), given);
  const split = { store: { class: Client, options }, stream: {}, sub: {}, readonly: true };
  t.is<unknown, unknown>(Connection.connect(split), split);
});

const WRONG: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['without a class', { options: {} }],
  ['with a class of text', { class: 'pg', options: {} }],
  ['with a class that is no pool', { class: {}, options: {} }],
  ['with options of text', { class: Client, options: 'postgres://' }],
  ['split, with a store that is none', { store: {} }],
  ['split, with a store that is null', { store: null }],
];
for (const [what, connection] of WRONG) {
  test.serial(`3: a connection ${what} is refused`, async (t) => {
    t.throws(() => new Durable.Client({ connection } as never), { code: 'WF104' });
    const config = { connection, taskQueue: 'q', workflow: where } as never;
    await t.throwsAsync(Durable.Worker.create(config), { code: 'WF104' });
  });
}

test.serial('3: clients and workers meet over every form', async (t) => {
  const { url, connection } = await durableTest(t);
  const pool = new Pool({ connectionString: url });
  t.teardown(() => pool.end());
  const forms = [
    url,
    connection,
    { class: Client, options: { connectionString: url, notAnOption: 1 } },
    { class: Pool, options: { connectionString: url, max: 4, idleTimeoutMillis: 1_000 } },
    { class: pool },
    { store: connection, stream: connection, sub: connection, pub: connection },
  ];
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: where });
  for (const [at, form] of forms.entries()) {
    const client = new Durable.Client({ connection: form });
    const handle = await client.workflow.start(where, { taskQueue: 'q', workflowId: `f${at}` });
    t.is(await handle.result(), `durable/f${at}`);
  }
  await Durable.shutdown();
  for (const [at, form] of forms.entries()) {
    await Durable.Worker.create({ connection: form, taskQueue: 'q', workflow: where });
    const client = new Durable.Client({ connection });
    const handle = await client.workflow.start(where, { taskQueue: 'q', workflowId: `g${at}` });
    t.is(await handle.result(), `durable/g${at}`);
    await Durable.shutdown();
  }
});

test.serial('3: a pool is used, and its options for the connections beside it', async (t) => {
  const { url, pool: rows } = await durableTest(t);
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  const options = { host, port: Number(port), user, password, database: pathname.slice(1) };
  // Of the options of a pool, pg hides the password.
  const pool = new Pool({ ...options, application_name: 'own pool', max: 2 });
  t.teardown(() => pool.end());
  const lines = logged(t);
  await Durable.Worker.create({ connection: { class: pool }, taskQueue: 'q', workflow: where });
  const client = new Durable.Client({ connection: { class: pool } });
  const handle = await client.workflow.start(where, { taskQueue: 'q', workflowId: 'pooled' });
  t.is(await handle.result(), 'durable/pooled');
  t.true(pool.totalCount > 0);
  const listening = `select from pg_stat_activity where query ilike 'listen%'
    and datname = current_database()`;
  await waitFor('it listens', async () => (await rows.query(listening)).rowCount === 1);
  await Durable.shutdown();
  t.false(pool.ended, 'it is not ours to end');
  t.deepEqual((await pool.query('select 1 as n')).rows, [{ n: 1 }]);
  t.deepEqual(lines, []);
});

test.serial('3: a pool is left as it was', async (t) => {
  const { url } = await durableTest(t);
  const pool = new Pool({ connectionString: url });
  t.teardown(() => pool.end());
  pool.on('error', () => undefined);
  for (let i = 0; i < 3; i += 1) {
    await Durable.Worker.create({ connection: { class: pool }, taskQueue: 'q', workflow: where });
    await Durable.shutdown();
  }
  t.is(pool.listenerCount('error'), 1, 'the one of its owner');
});

test.serial('3: what has equal options is one worker, whatever its form', async (t) => {
  const { url, pool } = await durableTest(t);
  const connection = () => ({ class: Client, options: { connectionString: url } });
  for (const [at, given] of [connection(), url, { store: connection() }].entries()) {
    const namespace = `n${at}`;
    await Durable.Worker.create({ connection: given, namespace, taskQueue: 'q', workflow: where });
    new Durable.Client({ connection: given });
  }
  await Durable.registerActivityWorker({ connection: connection(), taskQueue: 'q' }, {});
  t.is((await pool.query('select from ratchet_internal.workers')).rowCount, 1);
  const client = new Durable.Client({ connection: connection() });
  for (const namespace of ['n0', 'n1', 'n2']) {
    const start = { namespace, taskQueue: 'q', workflowId: 'shared' };
    t.is(await (await client.workflow.start(where, start)).result(), `${namespace}/shared`);
  }
});

test.serial('1, 3: of two spellings of an option the newer counts, and the log says so', (t) => {
  const lines = logged(t);
  const connection = { class: Client, options: {} };
  const retry = { maximumAttempts: 1 };
  Durable.Connection.connect({ ...connection, retry, retryPolicy: retry });
  Durable.Connection.connect({ ...connection, retry });
  workflow.proxyActivities({ retry, retryPolicy: retry });
  workflow.proxyActivities({ headers: {}, argumentMetadata: {} });
  workflow.proxyActivities({ retry: undefined, retryPolicy: retry, headers: {} });
  t.deepEqual(
    lines.map((line) => (JSON.parse(line) as { message: string }).message),
    [
      'the connection has retry and retryPolicy; retry is used',
      'proxyActivities has retry and retryPolicy; retry is used',
      'proxyActivities has headers and argumentMetadata; headers is used',
    ],
  );
});

test.serial('4: equal ids, queues and signals of two namespaces do not meet', async (t) => {
  const { connection, client } = await durableTest(t);
  const waits = async () => [await where(), await workflow.condition<string>('go')];
  for (const namespace of ['one', 'two']) {
    await Durable.Worker.create({ connection, namespace, taskQueue: 'q', workflow: { waits } });
  }
  const start = (namespace: string) =>
    client.workflow.start({
      ...{ namespace, taskQueue: 'q', workflowName: 'waits', workflowId: 'same' },
    });
  const [one, two] = [await start('one'), await start('two')];
  await t.throwsAsync(start('one'), { message: 'Duplicate job: same' });
  await client.workflow.signal('go', 'to two', 'two');
  t.deepEqual<unknown, unknown>(await two.result(), ['two/same', 'to two']);
  t.is((await one.status()) > 0, true);
  await client.workflow.getHandle('q', 'waits', 'same', 'one').signal('go', 'to one');
  t.deepEqual<unknown, unknown>(await one.result(), ['one/same', 'to one']);
  const nowhere = client.workflow.getHandle('q', 'waits', 'same', 'three');
  await t.throwsAsync(nowhere.status(), { message: 'Job same not found' });
});

test.serial('2: the statics are there, and ids are of their forms', (t) => {
  t.regex(Durable.guid(), /^H[\w-]{22}$/);
  t.regex(Durable.uuid(), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  t.is(new Set(Array.from({ length: 1_000 }, () => Durable.guid())).size, 1_000);
  for (const name of ['Client', 'Worker', 'Handle', 'shutdown', 'didInterrupt'] as const) {
    t.is(typeof Durable[name], 'function', name);
  }
  const functions = [
    ...['Search', 'Entity', 'registerActivityWorker', 'getInterceptorService', 'guid', 'uuid'],
    ...['registerInboundInterceptor', 'registerOutboundInterceptor', 'clearInterceptors'],
    ...['registerActivityInboundInterceptor', 'clearOutboundInterceptors', 'registerCodec'],
    ...['clearActivityInboundInterceptors', 'provisionWorkerRole', 'rotateWorkerPassword'],
    ...['revokeWorkerRole', 'listWorkerRoles'],
  ] as (keyof typeof Durable)[];
  for (const name of functions) t.is(typeof Durable[name], 'function', name);
  for (const name of ['workflow', 'activity', 'Connection'] as const) {
    t.is(typeof Durable[name], 'object', name);
  }
  t.is(Connection.create, Connection.connect);
});

const BAD_SETTINGS: [object, RegExp][] = [
  [{ maxTurn: 5 }, /Unknown option of options of a worker: 'maxTurn'/],
  [{ maxTurns: 'many' }, /options of a worker: maxTurns is "many"/],
  [{ pollMs: 0 }, /options of a worker: pollMs is 0/],
  [{ leaseSeconds: 3_601 }, /options of a worker: leaseSeconds is 3601/],
  [{ notifications: 1 }, /options of a worker: notifications is 1/],
  [{ logLevel: 'loud' }, /There is no log level "loud"/],
];
test.serial('6: settings of a worker are checked by name, type and limit', async (t) => {
  const { connection } = await durableTest(t);
  const shared = { connection, taskQueue: 'q', workflow: where };
  for (const [options, message] of BAD_SETTINGS) {
    const config = { ...shared, options } as never;
    await t.throwsAsync(Durable.Worker.create(config), { code: 'WF104', message });
    const activities = Durable.registerActivityWorker(config, {});
    await t.throwsAsync(activities, { code: 'WF104' });
  }
  const typo = { ...shared, taskqueue: 'q' } as never;
  const error = await t.throwsAsync(Durable.Worker.create(typo), { code: 'WF104' });
  t.is((error as { hint?: string }).hint, "Did you mean 'taskQueue'?");
});
