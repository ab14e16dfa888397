import test from 'ava';
import { DBA, Durable, Entity, Escalations, HotMesh, Search, type SystemEvent } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const SPACES = ['left', 'right'] as const;

const activities = {
  async where(): Promise<string> {
    const { namespace, workflowId } = Durable.activity.getContext();
    return `${namespace}/${workflowId}`;
  },
};
const { where } = workflow.proxyActivities<typeof activities>({ activities });

async function leaf(): Promise<string> {
  return where();
}

async function hooked(info: { signal: string }): Promise<void> {
  const entity = await workflow.entity();
  await entity.merge({ hooked: await where() });
  await workflow.signal(info.signal, await where());
}

/** Everything that has a name of the user's own, under the same names in every namespace. */
async function busy() {
  const { namespace } = workflow.workflowInfo();
  await workflow.enrich({ color: namespace });
  await (await workflow.entity()).set({ home: namespace });
  const child = await workflow.executeChild<string>('leaf', { workflowId: 'child' });
  const hook = { taskQueue: 'q', workflowName: 'hooked', signalId: 'answer' };
  const answer = await workflow.execHook<string>(hook);
  const task = await workflow.condition<string>('task', { role: 'r', metadata: { key: 'same' } });
  return { child, answer, task, place: await where() };
}

async function lab(t: Parameters<typeof durableTest>[0]) {
  const bed = await durableTest(t);
  for (const namespace of SPACES) {
    for (const run of [busy, leaf, hooked]) {
      const shared = { connection: bed.connection, namespace, taskQueue: 'q' };
      await Durable.Worker.create({ ...shared, workflow: run });
    }
  }
  const isClean = async () =>
    (await bed.pool.query('select * from ratchet.check_invariants()')).rows;
  return { ...bed, isClean };
}

test.serial(
  '4.1: jobs, children, hooks, data and tasks with the same ids do not meet',
  async (t) => {
    const { client, connection, isClean } = await lab(t);
    const tasks = new Escalations.Client({ connection });
    const common = { taskQueue: 'q', workflowName: 'busy', workflowId: 'same', entity: 'thing' };
    const [left, right] = await Promise.all(
      SPACES.map((namespace) => client.workflow.start({ ...common, namespace })),
    );
    const task = (namespace: string) =>
      waitFor(`a task of ${namespace}`, () => tasks.getBySignalKey('task', namespace));
    const ids = [await task('left'), await task('right')];
    t.not(ids[0]?.id, ids[1]?.id);
    for (const [at, namespace] of SPACES.entries()) {
      const mesh = await client.getHotMeshClient('q', namespace);
      t.deepEqual(await Search.findAllUserData('same', mesh), { color: namespace });
      const found = await Entity.find('thing', {}, mesh);
      t.deepEqual(
        found.map(({ context }) => context),
        [{ home: namespace, hooked: `${namespace}/same` }],
      );
      t.is(await tasks.count({ namespace }), 1);
      t.deepEqual(
        (await tasks.list({ namespace })).map(({ id }) => id),
        [ids[at]?.id],
      );
    }
    const id = ids[0]?.id ?? '';
    t.is(await tasks.get(id, 'right'), null);
    t.like(await tasks.cancel(id, 'right'), { ok: false, reason: 'not-found' });
    await tasks.resolve({ id, resolverPayload: 'for the left' });
    t.deepEqual(await left?.result(), {
      ...{ child: 'left/child', answer: 'left/same', task: 'for the left', place: 'left/same' },
    });
    t.true(((await right?.status()) ?? 0) > 0);
    await client.workflow.signal('task', 'lost', 'left');
    t.true(((await right?.status()) ?? 0) > 0);
    await client.workflow.signal('task', 'for the right', 'right');
    t.like(await right?.result(), { child: 'right/child', answer: 'right/same' });
    await right?.cancel();
    t.deepEqual(await isClean(), []);
  },
);

test.serial('4.1: stops, hooks, schedules and queries stay in their namespace', async (t) => {
  const { client, connection, isClean } = await lab(t);
  const common = { taskQueue: 'q', workflowName: 'waiting', workflowId: 'same' };
  async function waiting() {
    return workflow.condition('never');
  }
  for (const namespace of SPACES) {
    await Durable.Worker.create({ connection, namespace, taskQueue: 'q', workflow: waiting });
    await client.workflow.start({ ...common, namespace });
  }
  const handle = (namespace: string) =>
    client.workflow.getHandle('q', 'waiting', 'same', namespace);
  await client.workflow.hook({ ...common, workflowName: 'leaf', namespace: 'third' });
  await client.workflow.hook({ ...common, workflowName: 'leaf', namespace: 'left' });
  await waitFor('the hook is over', async () => (await handle('left').status()) === 1);
  await handle('left').terminate({ reason: 'of the left' });
  t.true((await handle('left').status()) < 0);
  t.is(await handle('right').status(), 1);
  t.deepEqual(await handle('right').queryState(['color']), { color: null });
  await handle('right').cancel();
  await t.throwsAsync(handle('right').result(), { message: 'Workflow cancelled' });

  const daily = { scheduleId: 'same', workflow: 'leaf', taskQueue: 'q', cron: '@daily' };
  for (const namespace of SPACES) await client.schedule.create({ ...daily, namespace });
  const place = { namespace: 'left' };
  await client.schedule.pause('same', place);
  t.is((await client.schedule.get('same', 'left'))?.state, 'paused');
  t.is((await client.schedule.get('same', 'right'))?.state, 'active');
  const id = await client.schedule.trigger('same', { namespace: 'right' });
  const run = client.workflow.getHandle('q', 'leaf', id, 'right');
  t.is(await run.result(), `right/${id}`);
  t.true(await client.schedule.delete('same', place));
  t.is((await client.schedule.list('right')).length, 1);
  t.deepEqual(await isClean(), []);
});

async function telling() {
  const { namespace } = workflow.workflowInfo();
  await workflow.emit({ told: namespace });
  return workflow.condition('task', { role: 'r' });
}

test.serial('4.1, 21, 23: events, listeners and prune heed the namespace', async (t) => {
  const { connection, isClean } = await lab(t);
  const told: SystemEvent[] = [];
  const events = { publish: (event: SystemEvent) => void told.push(event) };
  const client = new Durable.Client({ connection, events });
  const heard: Record<string, unknown[]> = { left: [], right: [] };
  for (const namespace of SPACES) {
    const mesh = await HotMesh.init({
      appId: namespace,
      logLevel: 'error',
      engine: { connection },
    });
    await mesh.sub('told', (_, message) => void heard[namespace]?.push(message));
    await Durable.Worker.create({ connection, namespace, taskQueue: 'q', workflow: telling });
  }
  const common = { taskQueue: 'q', workflowName: 'telling', workflowId: 'same' };
  const [left, right] = await Promise.all(
    SPACES.map((namespace) => client.workflow.start({ ...common, namespace })),
  );
  const of = (verb: string) =>
    told
      .filter(({ type }) => type.startsWith('system.escalation.') && type.endsWith(`.${verb}`))
      .map(({ namespace, app_id, workflow_id }) => `${namespace} ${app_id} ${workflow_id}`);
  await waitFor('both tasks are told of', () => of('created').length === 2);
  t.deepEqual(of('created').sort(), ['left left same', 'right right same']);
  await left?.terminate({ suppress: true });
  await waitFor('the end of one', () => of('cancelled').length > 0);
  t.deepEqual(of('cancelled'), ['left left same']);
  const task = await client.escalations.getBySignalKey('task', 'right');
  await client.escalations.resolve({ id: task?.id ?? '', resolverPayload: 'answer' });
  t.deepEqual(of('resolved'), ['right right same']);
  t.is(await right?.result(), 'answer');
  await waitFor('what was emitted', () => Object.values(heard).flat().length === 2);
  t.deepEqual(heard, { left: ['left'], right: ['right'] });

  const prune = (appId: string, options: object) =>
    DBA.prune({ appId, connection, expire: 0, ...options });
  t.like(await prune('left', { jobs: false, attributes: true }), { marked: 0 });
  t.like(await prune('right', { jobs: false, attributes: true }), { marked: 1 });
  t.like(await prune('left', {}), { jobs: 1 });
  t.is(await right?.status(), 0);
  await t.throwsAsync(async () => left?.status(), { code: 404 as never });
  t.deepEqual(await isClean(), []);
});

async function timed() {
  return workflow.condition('task', { role: 'r', timeout: '1s' });
}

test.serial('21: who listens in a namespace hears of the tasks that expire there', async (t) => {
  const { connection } = await durableTest(t);
  const heard: Record<string, string[]> = { left: [], right: [], durable: [] };
  const events = (namespace: string) => ({
    publish: ({ type, namespace: of }: SystemEvent) => {
      if (type.endsWith('.expired')) heard[namespace]?.push(of);
    },
  });
  const client = new Durable.Client({ connection, events: events('durable') });
  for (const namespace of SPACES) {
    const shared = { connection, namespace, taskQueue: 'q', workflow: timed };
    await Durable.Worker.create({ ...shared, events: events(namespace) });
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: timed });
  for (const namespace of [...SPACES, 'durable']) {
    const start = { taskQueue: 'q', workflowName: 'timed', workflowId: 'same', namespace };
    t.false(await (await client.workflow.start(start)).result());
    await waitFor('it is told', () => heard[namespace]?.includes(namespace));
  }
  t.deepEqual(heard, { left: ['left'], right: ['right'], durable: ['durable'] });
});
