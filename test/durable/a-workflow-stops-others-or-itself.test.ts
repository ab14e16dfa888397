import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function waiting() {
  return workflow.condition('never');
}

async function stopping(id: string, options: object = {}) {
  const { counter } = workflow.workflowInfo();
  const answer = await workflow.terminate(id, options).catch((error: Error) => error.message);
  return [answer, workflow.workflowInfo().counter - counter];
}

async function suicidal() {
  const { workflowId } = workflow.workflowInfo();
  try {
    await workflow.terminate(workflowId, { reason: 'of itself', code: 499 });
    return 'went on';
  } catch {
    return 'caught';
  }
}

async function parent(id: string) {
  const child = await workflow.startChild(waiting, { workflowId: id, args: [] });
  await workflow.hook({ taskQueue: 'q', workflowName: 'killing', args: [id] });
  const value = await child.result().catch((error: Error & { code: number }) => error.code);
  return [value ?? 'nothing'];
}

async function killing(id: string) {
  await workflow.sleep(1);
  await workflow.terminate(id, { throw: id === 'loud' });
}

async function served(t: Parameters<typeof durableTest>[0]) {
  const context = await durableTest(t);
  for (const run of [waiting, stopping, suicidal, parent, killing]) {
    const shared = { connection: context.connection, taskQueue: 'q' };
    await Durable.Worker.create({ ...shared, workflow: run });
  }
  const start = (workflowName: string, workflowId: string, ...args: unknown[]) =>
    context.client.workflow.start({ taskQueue: 'q', workflowName, workflowId, args });
  const isClean = async () =>
    (await context.pool.query('select * from ratchet.check_invariants()')).rows;
  return { ...context, start, isClean };
}

test.serial('10.11: from inside, once per position, with every option', async (t) => {
  const { start, pool, isClean } = await served(t);
  const target = await start('waiting', 'target');
  const options = { reason: 'enough', code: 455, stack: 'here', expire: 7, descend: true };
  t.deepEqual(await (await start('stopping', 's1', 'target', options)).result(), [true, 1]);
  const error = await t.throwsAsync(target.result());
  t.like(error, { message: 'enough', code: 455, stack: 'here', job_id: 'target' });
  t.true((await target.status()) < -1_000_000);
  const kept = await pool.query(`select expire_seconds from ratchet.jobs where key = 'target'`);
  t.is(Number(kept.rows[0].expire_seconds), 7);
  t.deepEqual(await (await start('stopping', 's2', 'target')).result(), [
    ...['Job target already completed', 1],
  ]);
  t.deepEqual(await (await start('stopping', 's3', 'target', { suppress: true })).result(), [
    ...[false, 1],
  ]);
  t.deepEqual(await (await start('stopping', 's4', 'unknown')).result(), [
    ...['Job unknown not found', 1],
  ]);
  t.deepEqual(await isClean(), []);
});

test.serial('10.11: a workflow may stop itself; none of its code runs again', async (t) => {
  const { start, isClean } = await served(t);
  const handle = await start('suicidal', 'itself');
  t.like(await t.throwsAsync(handle.result()), { message: 'of itself', code: 499 });
  t.deepEqual(await isClean(), []);
});

test.serial(
  '10.11: throw: false tells waiters nothing, the handle and the parent alike',
  async (t) => {
    const { start, isClean, client } = await served(t);
    const handle = await start('waiting', 'silent');
    const waits = handle.result();
    await handle.terminate({ throw: false, reason: 'quietly' });
    t.is(await waits, undefined);
    t.is(await handle.result({ state: true }), undefined);
    t.true((await handle.status()) < 0);
    t.like(await handle.state(true), {
      data: { done: true },
      metadata: { js: await handle.status() },
    });
    t.deepEqual(await (await start('parent', 'p1', 'quiet')).result(), ['nothing']);
    t.deepEqual(await (await start('parent', 'p2', 'loud')).result(), [410]);
    const quiet = client.workflow.getHandle('q', 'waiting', 'quiet');
    t.true((await quiet.status()) < 0);
    t.deepEqual(await isClean(), []);
  },
);

test.serial('10.11: terminating a job ends its hooks with it', async (t) => {
  const { start, client, connection, pool, isClean } = await served(t);
  async function hooked() {
    await workflow.condition('never, too');
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { hooked } });
  const handle = await start('waiting', 'with a hook');
  const hook = { workflowId: 'with a hook', taskQueue: 'q', workflowName: 'hooked' };
  await client.workflow.hook(hook);
  const waits = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('both waits', async () => (await pool.query(waits)).rowCount === 2);
  await handle.terminate();
  t.is((await pool.query('select from ratchet_internal.messages')).rowCount, 0);
  t.deepEqual(await isClean(), []);
});

test.serial('10.11: bad input is refused where it is given', async (t) => {
  const { start, connection, client } = await served(t);
  const handle = await start('waiting', 'target');
  const bad: [object, object][] = [
    [{ resaon: 'x' }, { code: 'WF104', hint: "Did you mean 'reason'?" }],
    [{ reason: 1 }, { code: 'WF104' }],
    [{ code: '410' }, { code: 'WF104' }],
    [{ code: 4.5 }, { code: 'WF104' }],
    [{ code: 2 ** 31 }, { code: 'WF104' }],
    [{ throw: 'no' }, { code: 'WF104' }],
    [{ expire: -1 }, { code: 'WF104' }],
    [{ expire: NaN }, { code: 'WF104' }],
    [{ suppress: 0 }, { code: 'WF104' }],
  ];
  for (const [options, expected] of bad) {
    const error = await t.throwsAsync(handle.terminate(options));
    t.like(error, expected, JSON.stringify(options));
  }
  async function careless() {
    const codes: unknown[] = [];
    for (const [options] of bad) {
      await (async () => workflow.terminate('target', options))().catch((error: { code: string }) =>
        codes.push(error.code),
      );
    }
    await (async () => workflow.terminate(''))().catch((error: { code: string }) =>
      codes.push(error.code),
    );
    return codes;
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careless });
  const codes = await (await client.workflow.start(careless, { taskQueue: 'q' })).result();
  t.deepEqual(codes, [...bad.map(() => 'WF104'), 'WF101']);
  t.is(await handle.status(), 1);
  await t.throwsAsync(async () => workflow.terminate('target'), { code: 'WF303' });
});
