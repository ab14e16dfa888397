import test from 'ava';
import { Durable, Errors, RatchetError } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const { workflow } = Durable;
const activities = {
  async echo(value: unknown) {
    return value;
  },
  async hostile(): Promise<never> {
    throw new Error('nul \u0000 and \ud800 in the message');
  },
};
const { echo, hostile } = workflow.proxyActivities<typeof activities>({
  retry: { ...AT_ONCE, maximumAttempts: 1 },
});

async function calls(kind: string) {
  try {
    if (kind === 'duration') await workflow.sleep('5 parsecs');
    if (kind === 'negative') await workflow.sleep(-1);
    if (kind === 'signal') await workflow.condition('');
    if (kind === 'argument') await echo(1n);
    if (kind === 'queue') workflow.proxyActivities({ taskQueue: 'a\nb' });
    if (kind === 'policy') workflow.proxyActivities({ retry: { maximumAttempts: -1 } });
    if (kind === 'child') await workflow.executeChild('', { args: [] });
    if (kind === 'hostile') await hostile();
    const hook = { taskQueue: 'q', workflowName: 'other' };
    if (kind === 'letters') await workflow.execHook({ ...hook, args: 'abc' as never });
    if (kind === 'named') await workflow.execHook({ ...hook, args: { a: 1 } as never });
    if (kind === 'text') return await echo('\u0000 \ud800');
    return 'nothing was wrong';
  } catch (error) {
    return (error as RatchetError).code;
  }
}

test.serial('4.1: a start says what is wrong with it', async (t) => {
  const { client } = await durableTest(t);
  const code = async (options: object) => {
    const start = client.workflow.start({ taskQueue: 'q', workflowName: 'w', ...options });
    return ((await t.throwsAsync(start)) as RatchetError | undefined)?.code;
  };
  const circular: unknown[] = [];
  circular.push(circular);
  t.is(await code({ workflowId: '' }), 'WF101');
  t.is(await code({ workflowId: 'x'.repeat(513) }), 'WF101');
  t.is(await code({ workflowId: 42 }), 'WF101');
  t.is(await code({ workflowId: 'a\u0000b' }), 'WF105');
  t.is(await code({ workflowId: 'a\ud800b' }), 'WF105');
  t.is(await code({ taskQueue: '' }), 'WF101');
  t.is(await code({ workflowName: {} }), 'WF101');
  t.is(await code({ args: 'text' }), 'WF104');
  t.is(await code({ args: circular }), 'WF102');
  t.is(await code({ args: ['x'.repeat(17 * 1024 * 1024)] }), 'WF501');
  t.is(await code({ expire: -1 }), 'WF104');
  t.is(await code({ config: { maximumInterval: 'soon' } }), 'WF103');
  t.is(await code({ config: { maximumAtempts: 1 } }), 'WF104');
  t.is(await code({ workflowid: 'x' }), 'WF104');
  t.is(await code({ exprie: 1 }), 'WF104');
  const deep = JSON.parse('['.repeat(1_500) + ']'.repeat(1_500)) as unknown;
  t.is(await code({ args: [deep] }), 'WF502');
});

test.serial(
  '7: a misspelt option of a proxy is refused; of two spellings the newer wins',
  async (t) => {
    const proxy = (options: object) => workflow.proxyActivities(options);
    const error = t.throws(() => proxy({ rety: {} }), { code: 'WF104' });
    t.is((error as RatchetError).hint, "Did you mean 'retry'?");
    t.throws(() => proxy({ taskqueue: 'q' }), { code: 'WF104' });
    t.throws(() => proxy({ retry: { maximumAttempts: 'x' }, retryPolicy: {} }), { code: 'WF104' });
    t.notThrows(() => proxy({ retry: {}, retryPolicy: { maximumAttempts: 'x' } }));
  },
);

test.serial('4.1, 5: a duplicate id, running or finished, and an unknown id say so', async (t) => {
  const { client } = await durableTest(t);
  const options = { taskQueue: 'q', workflowName: 'w', workflowId: 'same' };
  await client.workflow.start(options);
  const error = await t.throwsAsync(client.workflow.start(options));
  t.like(error, { message: 'Duplicate job: same', jobId: 'same' });
  t.true(error instanceof Errors.DuplicateJobError);
  await client.workflow.getHandle('q', 'w', 'same').terminate();
  await t.throwsAsync(client.workflow.start(options), { message: 'Duplicate job: same' });
  const unknown = client.workflow.getHandle('q', 'w', 'unknown');
  t.like(await t.throwsAsync(unknown.result()), { message: 'Job unknown not found', code: 404 });
  t.like(await t.throwsAsync(unknown.status()), { message: 'Job unknown not found' });
  t.like(await t.throwsAsync(unknown.state()), { message: 'unknown Not Found', code: 404 });
});

test.serial('inside a workflow too, and it may go on', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: calls, activities });
  const run = async (kind: string) =>
    (await client.workflow.start(calls, { taskQueue: 'q', args: [kind] })).result();
  t.is(await run('duration'), 'WF103');
  t.is(await run('negative'), 'WF103');
  t.is(await run('signal'), 'WF101');
  t.is(await run('argument'), 'WF102');
  t.is(await run('queue'), 'WF101');
  t.is(await run('policy'), 'WF104');
  t.is(await run('child'), 'WF101');
  t.is(await run('letters'), 'WF104');
  t.is(await run('named'), 'WF104');
  t.is(await run('hostile'), 598 as never);
  t.is(await run('text'), '\u0000 \ud800');
});

test.serial('a durable call outside of a workflow says where it belongs', async (t) => {
  t.like(
    t.throws(() => workflow.sleep(1)),
    { code: 'WF303' },
  );
  t.like(
    t.throws(() => echo(1)),
    { code: 'WF303' },
  );
  t.like(
    t.throws(() => Durable.activity.getContext()),
    { code: 'WF303' },
  );
});

test.serial('raw rows with odd arguments fail their own job only', async (t) => {
  const { pool, connection, client } = await durableTest(t);
  await pool.query(`select ratchet.start_workflow('calls', '[]', 'odd', 'q');
    update ratchet.jobs set input = '{"not": "an array"}'`);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: calls, activities });
  await t.throwsAsync(client.workflow.getHandle('q', 'calls', 'odd').result());
  const fine = await client.workflow.start(calls, { taskQueue: 'q', args: [''] });
  t.is(await fine.result(), 'nothing was wrong');
});

let careless = 0;
const MISTAKES: [code: string, call: () => unknown][] = [
  ['WF103', () => workflow.sleep('5 parsecs')],
  ['WF103', () => workflow.condition('x', 'soon')],
  ['WF103', () => workflow.signal('x', 1, 'later')],
  ['WF101', () => workflow.condition('')],
  ['WF104', () => workflow.proxyActivities({ taskqueue: 'q' } as object)],
];

async function mistaken(at: number, times: number) {
  careless += 1;
  if (careless <= times) await MISTAKES[at]?.[1]();
  return workflow.sleep('1 ms');
}

test.serial('6, 8, 25: what nobody catches is an ordinary error: it is run again', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: mistaken });
  const start = (at: number, times: number) => {
    careless = 0;
    const config = { ...AT_ONCE, maximumAttempts: 1 };
    return client.workflow.start(mistaken, { taskQueue: 'q', args: [at, times], config });
  };
  for (const at of MISTAKES.keys()) {
    const handle = await start(at, 9);
    t.like(await t.throwsAsync(handle.result()), { code: 597 }, String(at));
    t.is(careless, 2, String(at));
    t.is(await (await start(at, 1)).result(), 0.001, 'a mistake that was mended');
  }
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
