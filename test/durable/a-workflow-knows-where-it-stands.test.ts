import test from 'ava';
import { Durable, replay } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async double(n: number) {
    return 2 * n;
  },
};
const { double } = workflow.proxyActivities<typeof activities>();

type Context = Awaited<ReturnType<typeof durableTest>>;
type Run = (...args: never[]) => unknown;

async function serve({ connection }: Pick<Context, 'connection'>, ...functions: Run[]) {
  for (const run of functions) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
}

const isClean = async ({ pool }: Context) =>
  (await pool.query('select * from ratchet.check_invariants()')).rows;

async function everything(): Promise<unknown> {
  const info = workflow.workflowInfo();
  const { options } = info.connection as { options: object };
  const open = Promise.all([workflow.condition('go'), workflow.sleep('1 hour')]);
  const { interruptionRegistry } = workflow.workflowInfo();
  void open.catch(() => undefined);
  await workflow.condition('on');
  return { ...info, options: Object.keys(options), interruptionRegistry };
}

test.serial('10.7: each field is there, and no copy of them holds the connection', async (t) => {
  const context = await durableTest(t);
  await serve(context, everything);
  const handle = await context.client.workflow.start(everything, {
    ...{ taskQueue: 'q', workflowId: 'w', expire: 90, config: { maximumAttempts: 0 } },
    ...{ workflowTrace: '0af7651916cd43dd8448eb211c80319c', workflowSpan: 'b7ad6b7169203331' },
  });
  await context.client.workflow.signal('on');
  const { raw, ...told } = await handle.result<Record<string, unknown>>();
  t.deepEqual(told, {
    ...{
      workflowId: 'w',
      workflowName: 'everything',
      taskQueue: 'q',
      workflowTopic: 'q-everything',
    },
    ...{ namespace: 'durable', workflowDimension: '', counter: 0, COUNTER: { counter: 0 } },
    ...{ canRetry: false, attempt: 0, expire: 90, originJobId: null, isCancelled: false },
    ...{ workflowTrace: '0af7651916cd43dd8448eb211c80319c', workflowSpan: 'b7ad6b7169203331' },
    ...{ replay: {}, cursor: '0', options: ['connectionString'] },
    interruptionRegistry: [
      { kind: 'wait', name: 'go', index: 1 },
      { kind: 'sleep', name: 'sleep', index: 2 },
    ],
  });
  t.like(raw, { data: { workflowId: 'w', workflow: 'everything', arguments: [] }, attempt: 0 });
  t.deepEqual(await isClean(context), []);
});

const replays: unknown[] = [];
async function rebuilt(): Promise<string> {
  replays.push(workflow.workflowInfo().replay);
  await double(4);
  const search = await workflow.search();
  await search.set({ a: 'x' });
  await search.get('a');
  await workflow.condition('never', 1);
  await workflow.condition('go');
  return 'done';
}

test.serial('10.7: replay has the recorded answers that have yet to come', async (t) => {
  const context = await durableTest(t);
  const { connection, client } = context;
  const create = () =>
    Durable.Worker.create({ connection, taskQueue: 'q', workflow: rebuilt, activities });
  replays.length = 0;
  const worker = await create();
  const handle = await client.workflow.start(rebuilt, { taskQueue: 'q' });
  await waitFor('the last wait is recorded', async () => {
    return (await handle.export({ allow: ['timeline'] })).timeline?.length === 5;
  });
  await worker.stop();
  await create();
  await waitFor('it is run again', () => replays.length === 2);
  await handle.signal('go');
  t.is(await handle.result(), 'done');
  t.deepEqual(replays, [
    {},
    {
      ...{ '-proxy-1-': 8, '-search-2-0-': 1, '-search-2-1-': 'x' },
      '-wait-3-': { id: 'never', timedOut: true },
    },
  ]);
});

async function leaf(depth: number): Promise<unknown[]> {
  const { originJobId, expire, workflowDimension } = workflow.workflowInfo();
  const own = [workflowDimension, originJobId, expire];
  if (depth === 0) return [own];
  const args: [number] = [depth - 1];
  return [own, ...(await workflow.executeChild(leaf, { workflowId: `depth ${depth}`, args }))];
}

async function hooked(info: { signal: string }): Promise<void> {
  const { expire, originJobId, workflowDimension } = workflow.workflowInfo();
  await workflow.signal(info.signal, [workflowDimension, originJobId, expire]);
}

async function generations(round: number): Promise<unknown> {
  if (round === 0) return workflow.continueAsNew(1);
  const { workflowDimension, expire } = workflow.workflowInfo();
  const options = { taskQueue: 'q', workflowName: 'hooked', config: { maximumAttempts: 1 } };
  return [[workflowDimension, expire], await workflow.execHook(options)];
}

test.serial('10.4, 10.7: a family knows its root by its workflow id', async (t) => {
  const context = await durableTest(t);
  await serve(context, leaf);
  const { client } = context;
  const handle = await client.workflow.start(leaf, {
    ...{ taskQueue: 'q', workflowId: 'root', args: [2], expire: 60 },
  });
  t.deepEqual(await handle.result(), [
    ['', null, 60],
    ['', 'root', 60],
    ['', 'root', 60],
  ]);
  const { rows } = await context.pool.query(`select j.key, p.key as parent, o.key as origin
    from ratchet.jobs j left join ratchet.jobs p on p.id = j.parent_id
    left join ratchet.jobs o on o.id = j.origin_id order by j.id`);
  t.deepEqual(rows, [
    { key: 'root', parent: null, origin: null },
    { key: 'depth 2', parent: 'root', origin: 'root' },
    { key: 'depth 1', parent: 'depth 2', origin: 'root' },
  ]);
  t.deepEqual(await isClean(context), []);
});

test.serial(
  '10.7: whoever started it, each of its threads knows how long it is kept',
  async (t) => {
    const context = await durableTest(t);
    await serve(context, generations, hooked);
    const { client, pool } = context;
    const options = `'{"expire": 80.2, "retry": {"maximumAttempts": 1}}'`;
    await pool.query(`select ratchet.start_workflow('generations', '[0]', 'sql', 'q',
    p_options => ${options})`);
    await pool.query(`select ratchet.start_workflows('generations', array['many'],
    array['[0]'::json], 'q', p_options => ${options})`);
    await client.schedule.create({
      ...{ scheduleId: 's', every: '1 hour', taskQueue: 'q', workflow: 'generations', args: [0] },
      expire: 80,
    });
    const { rows } = await pool.query<{ key: string }>(
      `select ratchet.trigger_schedule('s') as key`,
    );
    for (const id of ['sql', 'many', rows[0]?.key ?? '']) {
      const handle = client.workflow.getHandle('q', 'generations', id);
      t.deepEqual(await handle.result(), [
        ['$1', 80],
        [',0,0', null, 80],
      ]);
    }
  },
);

async function reaching(id: string): Promise<unknown[]> {
  const mesh = await workflow.getHotMesh();
  const own = workflow.workflowInfo().workflowId;
  return [mesh.appId, await mesh.getStatus(own), await mesh.getStatus(id)];
}

test.serial('10.14: getHotMesh reaches the jobs of the namespace, and no other', async (t) => {
  const { client, connection } = await durableTest(t);
  const shared = { taskQueue: 'q', namespace: 'shop' };
  await Durable.Worker.create({ connection, ...shared, workflow: reaching });
  await client.workflow.start({ ...shared, workflowName: 'w', workflowId: 'other' });
  await client.workflow.start({ taskQueue: 'q', workflowName: 'w', workflowId: 'elsewhere' });
  const start = (id: string) =>
    client.workflow.start(reaching, { ...shared, args: [id], config: { maximumAttempts: 0 } });
  t.deepEqual(await (await start('other')).result(), ['shop', 1, 1]);
  const lost = await start('elsewhere');
  await t.throwsAsync(lost.result(), { message: 'Job elsewhere not found' });
  const again = await replay(await lost.exportHistory(), reaching);
  t.like(again, { fits: true, end: { kind: 'threw' } });
  await t.throwsAsync(workflow.getHotMesh(), { code: 'WF303' });
});
