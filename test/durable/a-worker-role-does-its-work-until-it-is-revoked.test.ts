import test from 'ava';
import { Client } from 'pg';
import { Durable, HotMesh } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor, within } from '../support/wait-for';

const { workflow } = Durable;
const activities = { double: async (n: number) => 2 * n };
const { double } = workflow.proxyActivities<typeof activities>({ activities });
const elsewhere = (queue: string) =>
  workflow.proxyActivities<typeof activities>({ taskQueue: queue });

async function sums(remote: string): Promise<number> {
  const local = await double(1);
  const far = await elsewhere(remote).double(10);
  const added = await workflow.condition<number>('more');
  return local + far + added;
}

/** Queues of this run's own: roles belong to the whole cluster. */
const queue = `s${process.pid}`;
const remote = `s${process.pid}r`;

async function secured(t: Parameters<typeof durableTest>[0]) {
  const { pool, url, connection, client } = await durableTest(t);
  const made: string[] = [];
  t.teardown(async () => {
    await Durable.shutdown();
    const admin = new Client({ connectionString: url });
    await admin.connect();
    for (const role of made) await admin.query(`drop owned by ${role}; drop role ${role}`);
    await admin.end();
  });
  const provision = async (streamNames: string[]) => {
    const { roleName, password } = await Durable.provisionWorkerRole({ connection, streamNames });
    if (!made.includes(roleName)) made.push(roleName);
    return { user: roleName, password };
  };
  return { pool, url, connection, client, provision };
}

test.serial('19: activities, waits and signals work, and work is notified of', async (t) => {
  const { pool, connection, client, provision } = await secured(t);
  // Polling alone would take a minute.
  const options = { pollMs: 60_000 };
  const workerCredentials = await provision([queue, `${queue}-activity`]);
  const config = { connection, workerCredentials, options };
  await Durable.Worker.create({ ...config, taskQueue: queue, workflow: sums, activities });
  const far = await provision([`${remote}-activity`]);
  await Durable.registerActivityWorker(
    { ...config, taskQueue: remote, workerCredentials: far },
    activities,
  );
  const handle = await client.workflow.start(sums, { taskQueue: queue, args: [remote] });
  await handle.signal('more', 100);
  t.is(await within('the result', handle.result()), 122);
  const { rows } = await pool.query<{ usename: string; n: number }>(
    `select usename, count(*)::int as n from pg_stat_activity
      where application_name like 'pgratchet%' and usename like 'hmsh_wrk%'
      and datname = current_database() group by 1 order by 1`,
  );
  t.deepEqual(
    rows.map(({ usename }) => usename),
    [workerCredentials.user, far.user].sort(),
  );
  const { rows: workers } = await pool.query(
    'select role_name from ratchet_internal.workers order by 1',
  );
  t.deepEqual(
    workers.map(({ role_name }) => role_name as string),
    [workerCredentials.user, far.user].sort(),
  );
});

async function asks(): Promise<number> {
  return workflow.proxyActivities<typeof activities>({ taskQueue: queue }).double(4);
}

test.serial('19: a role may serve workflows whose activities others serve', async (t) => {
  const { connection, client, provision } = await secured(t);
  const shared = { connection, taskQueue: queue };
  const workflows = await provision([queue]);
  const steps = await provision([`${queue}-activity`]);
  await Durable.Worker.create({ ...shared, workflow: asks, workerCredentials: workflows });
  await Durable.registerActivityWorker({ ...shared, workerCredentials: steps }, activities);
  const handle = await client.workflow.start(asks, { taskQueue: queue });
  t.is(await within('the result', handle.result()), 8);
});

test.serial('19: a worker that is refused serves nothing', async (t) => {
  const { pool, connection, provision } = await secured(t);
  const config = { connection, taskQueue: queue, workerCredentials: await provision([queue]) };
  const create = Durable.Worker.create({ ...config, workflow: asks, activities });
  await t.throwsAsync(create, { code: 'WF701' });
  t.is((await pool.query('select from ratchet_internal.worker_routes')).rowCount, 0);
});

test.serial('19: credentials that do not fit are refused in words', async (t) => {
  const { connection, provision } = await secured(t);
  const workerCredentials = await provision([queue, `${queue}-activity`]);
  const create = (taskQueue: string, credentials: unknown) =>
    Durable.Worker.create({
      ...{ connection, taskQueue, workflow: sums },
      workerCredentials: credentials as typeof workerCredentials,
    });
  const wrong = { ...workerCredentials, password: 'not the password' };
  await t.throwsAsync(create(queue, wrong), {
    code: 'WF701',
    message: 'The worker credentials were refused.',
  });
  await t.throwsAsync(create('other', workerCredentials), { code: 'WF701' });
  await t.notThrowsAsync(create(queue, workerCredentials), 'the refused queue is not in the way');
  for (const bad of [{}, { user: 'x' }, { user: '', password: 'x' }, { User: 'x' }, 'x', null]) {
    await t.throwsAsync(create(queue, bad));
  }
});

test.serial('19: a revoked worker says so, stops, and its work goes to others', async (t) => {
  const { connection, client, provision } = await secured(t);
  const workerCredentials = await provision([queue, `${queue}-activity`]);
  const stopped: string[] = [];
  const events = { publish: ({ type }: { type: string }) => void stopped.push(type) };
  const serve = (more: object) =>
    Durable.Worker.create({ connection, taskQueue: queue, workflow: sums, activities, ...more });
  await serve({ workerCredentials, events, options: { pollMs: 50, logLevel: 'silent' } });
  await Durable.registerActivityWorker({ connection, taskQueue: remote }, activities);
  const handle = await client.workflow.start(sums, { taskQueue: queue, args: [remote] });
  await waitFor('it waits', async () => {
    return (await handle.export({ allow: ['timeline'] })).timeline?.length === 3;
  });
  await Durable.revokeWorkerRole({ connection, roleName: workerCredentials.user });
  await waitFor('it has stopped', () => stopped.includes(`system.worker.${queue}.stopped`));
  await t.throwsAsync(serve({ workerCredentials }), { code: 'WF701' });
  await serve({});
  await handle.signal('more', 1);
  t.is(await handle.result(), 23);
});

test.serial('19: roles are listed, rotated, revoked and provisioned again', async (t) => {
  const { pool, url, connection, provision } = await secured(t);
  const first = await provision([queue]);
  const roleName = first.user;
  const of = { connection, namespace: 'durable' };
  const listed = async () =>
    (await Durable.listWorkerRoles(of)).find((role) => role.roleName === roleName);
  t.like(await listed(), { streamNames: [queue], revokedAt: null, lastRotatedAt: null });
  const given = { connection, roleName, newPassword: 'a password of my own', namespace: 'x' };
  t.deepEqual(await Durable.rotateWorkerPassword(given), { password: 'a password of my own' });
  const { password } = await Durable.rotateWorkerPassword({ connection, roleName });
  t.regex(password, /^[0-9a-f]{64}$/);
  t.true((await listed())?.lastRotatedAt instanceof Date);
  await Durable.revokeWorkerRole({ ...of, roleName });
  t.true((await listed())?.revokedAt instanceof Date);
  const login = async (user: string, secret: string) => {
    const address = new URL(url);
    [address.username, address.password] = [user, secret];
    const session = new Client({ connectionString: address.href });
    await session.connect();
    await session.end();
  };
  const canLogin = 'select rolcanlogin as it from pg_roles where rolname = $1';
  t.deepEqual((await pool.query(canLogin, [roleName])).rows, [{ it: false }]);
  const again = await provision([queue]);
  t.is(again.user, roleName);
  t.is((await listed())?.revokedAt, null);
  await t.notThrowsAsync(login(roleName, again.password));
  const chosen = { roleName, password: 'a password of my own choice' };
  const own = { connection, streamNames: [queue], password: chosen.password };
  t.deepEqual(await Durable.provisionWorkerRole(own), chosen);
  await t.notThrowsAsync(login(roleName, chosen.password));
  await t.throwsAsync(login(roleName, again.password), { code: '28P01' });
  t.regex(roleName, /^hmsh_wrk_durable_/);
  t.regex((await listed())?.id ?? '', /^\d+$/);
  const bad = [{}, { streamNames: [] }, { streamNames: 'q' }, { streamnames: ['q'] }];
  for (const options of bad) {
    const call = Durable.provisionWorkerRole({ connection, ...options } as never);
    await t.throwsAsync(call, { code: 'WF104' });
  }
  await t.throwsAsync(Durable.revokeWorkerRole({ connection, roleName: 'nobody' }), {
    code: 'WF104',
  });
  const numeric = { connection, streamNames: [queue], password: 7 } as never;
  await t.throwsAsync(Durable.provisionWorkerRole(numeric), { code: 'WF104' });
});

async function tells(): Promise<unknown[]> {
  const isPatched = await workflow.patched('a change');
  const once = await workflow.emit({ 'role.once': 1 });
  const always = await workflow.emit({ 'role.always': 2 }, { once: false });
  await workflow.trace({ size: 1 });
  return [isPatched, once, always, await workflow.patched('a change'), await double(1)];
}

test.serial('19: patches and events work, the latter in the namespace of the role', async (t) => {
  const { connection, client, provision, url } = await secured(t);
  const workerCredentials = await provision([queue, `${queue}-activity`]);
  const config = { connection, workerCredentials, taskQueue: queue };
  await Durable.Worker.create({ ...config, workflow: tells, activities });
  const mesh = await HotMesh.init({ appId: 'durable', logLevel: 'error', engine: { connection } });
  const heard: unknown[] = [];
  await mesh.psub('role.*', (topic: string, message: unknown) => void heard.push([topic, message]));
  const run = async (workflowId: string) =>
    (await client.workflow.start(tells, { taskQueue: queue, workflowId })).result();
  t.deepEqual(await within('the end', run('first')), [true, true, true, true, 2]);
  await waitFor('both events', () => heard.length === 2);
  const events = [
    ['role.always', 2],
    ['role.once', 1],
  ];
  t.deepEqual([...heard].sort(), events);
  // The worker goes on.
  t.deepEqual(await within('the end', run('second')), [true, true, true, true, 2]);
  const login = new URL(url);
  [login.username, login.password] = [workerCredentials.user, workerCredentials.password];
  const session = new Client({ connectionString: login.href });
  await session.connect();
  const emit = (namespace: string) =>
    session.query(`select ratchet.emit($1, 'w', '{"role.foreign": 1}')`, [namespace]);
  await t.throwsAsync(emit('shop'), { code: 'WF701' });
  await t.notThrowsAsync(emit('durable'));
  await session.end();
});

async function keeping(): Promise<string> {
  const search = await workflow.search();
  const refused = await search.set({ a: 'x' }).catch((error: { code: string }) => error.code);
  await (await workflow.entity()).set({ a: 'x' });
  return String(refused);
}

test.serial('19: the data of jobs is refused to a worker role', async (t) => {
  const { pool, connection, client, provision } = await secured(t);
  const workerCredentials = await provision([queue, `${queue}-activity`]);
  const config = { connection, workerCredentials, taskQueue: queue };
  await Durable.Worker.create({ ...config, workflow: keeping });
  const handle = await client.workflow.start(keeping, { taskQueue: queue, workflowId: 'kept' });
  const error = await t.throwsAsync(within('the end', handle.result()));
  t.regex(error?.message ?? '', /^entity\.set: a role that is limited to queues may not/);
  const { timeline, data } = await handle.export();
  t.like(timeline?.[0]?.value, { $error: { code: 'WF701' } });
  t.deepEqual(data, {});
  const { rows } = await pool.query('select context from ratchet.jobs');
  t.deepEqual(rows, [{ context: null }]);
});

async function roundabout(): Promise<unknown[]> {
  const refused: unknown[] = [];
  const note = (error: { code: string }) => void refused.push(error.code);
  await workflow.enrich({ a: 'x' }).catch(note);
  const search = await workflow.search();
  const entity = await workflow.entity();
  for (const call of [
    ...[() => search.get('a'), () => search.incr('a', 1), () => search.del('a')],
    ...[() => entity.get(), () => entity.merge({ a: 1 }), () => entity.delete('a')],
  ]) {
    await call().catch(note);
  }
  const hook = { taskQueue: queue, workflowName: 'hooked' };
  await workflow.execHook({ ...hook, search: { data: { a: 'by a hook' } } });
  await workflow.hook({ ...hook, workflowId: 'foreign', search: { data: { a: 'stolen' } } });
  return [...refused, await workflow.patched('a change')];
}

async function hooked(info?: { signal: string }): Promise<void> {
  if (info !== undefined) await workflow.signal(info.signal, 1);
}

test.serial(
  '19: a worker role reads and changes the data of no job in any other way',
  async (t) => {
    const { pool, url, connection, client, provision } = await secured(t);
    const workerCredentials = await provision([queue, `${queue}-activity`]);
    const config = { connection, workerCredentials, taskQueue: queue };
    for (const run of [roundabout, hooked])
      await Durable.Worker.create({ ...config, workflow: run });
    const search = { data: { a: 'untouched' } };
    const foreign = { taskQueue: 'elsewhere', workflowName: 'w', workflowId: 'foreign', search };
    await client.workflow.start(foreign);
    const handle = await client.workflow.start(roundabout, { taskQueue: queue, workflowId: 'own' });
    const refused = Array.from({ length: 7 }, () => 'WF701');
    t.deepEqual(await within('the end', handle.result()), [...refused, true]);
    const stored = `select value from ratchet.jobs_attributes where kind = 'attribute'`;
    t.deepEqual((await pool.query(stored)).rows, [{ value: 'untouched' }]);

    const login = new URL(url);
    [login.username, login.password] = [workerCredentials.user, workerCredentials.password];
    const options = { connectionString: login.href };
    const thief = new Durable.Client({ connection: { class: Client, options }, install: false });
    const mesh = await thief.getHotMeshClient(queue);
    const stolen = thief.workflow.getHandle('elsewhere', 'w', 'foreign');
    for (const call of [
      ...[() => Durable.Search.findAllUserData('foreign', mesh), () => stolen.queryState(['a'])],
      ...[() => Durable.Entity.find('w', {}, mesh), () => Durable.Entity.findById('w', 'x', mesh)],
      ...[() => stolen.export(), () => stolen.state(), () => stolen.exportExecution()],
      () => thief.workflow.search('', '', null, 'sql', 'select * from ratchet.jobs_attributes'),
    ]) {
      await t.throwsAsync(async () => call(), { message: /permission denied|not permitted/ });
    }
  },
);
