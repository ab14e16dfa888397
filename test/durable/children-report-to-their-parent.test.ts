import test from 'ava';
import { Durable, Errors } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const { workflow } = Durable;

async function child(mode: string) {
  if (mode === 'fatal') throw new Errors.DurableFatalError('child broke');
  if (mode === 'ordinary') throw new Error('child failed');
  if (mode === 'wait') return workflow.condition('go');
  return `child ${mode}`;
}

async function parent(mode: string) {
  try {
    const config = { ...AT_ONCE, maximumAttempts: 1 };
    return await workflow.executeChild(child, { args: [mode], config });
  } catch (error) {
    const { message, code, type } = error as Errors.DurableFatalError;
    return { message, code, type };
  }
}

async function started() {
  const options = { args: ['wait'] as [string], workflowId: 'waiting-child' };
  const handle = await workflow.startChild(child, options);
  await handle.signal('go', 'signalled');
  const id = await workflow.startChild({ workflowName: 'child', args: ['x'], workflowId: 'by-id' });
  return { id: handle.workflowId, result: await handle.result(), name: id };
}

async function many(count: number) {
  const calls = Array.from({ length: count }, (_, n) =>
    workflow.executeChild<string>('child', { args: [String(n)] }),
  );
  return (await Promise.all(calls)).length;
}

let nameAttempts = 0;
async function collision() {
  const workflowId = (nameAttempts += 1) < 3 ? 'taken' : 'free';
  return workflow.executeChild(child, { args: ['named'], workflowId });
}

async function serve(connection: Parameters<typeof Durable.Connection.connect>[0]) {
  for (const run of [child, parent, started, many, collision]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: { [run.name]: run } });
  }
}

test.serial('a value or a typed error comes back', async (t) => {
  const { connection, client } = await durableTest(t);
  await serve(connection);
  const run = async (mode: string) =>
    (await client.workflow.start(parent, { taskQueue: 'q', args: [mode] })).result();
  t.is(await run('fine'), 'child fine');
  t.like(await run('fatal'), { message: 'child broke', code: 598, type: 'DurableFatalError' });
  t.like(await run('ordinary'), { message: 'child failed', code: 597, type: 'DurableMaxedError' });
});

test.serial('a started child gives a handle, or its id', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await serve(connection);
  const handle = await client.workflow.start(started, { taskQueue: 'q', workflowId: 'parent' });
  t.deepEqual(await handle.result(), {
    ...{ id: 'waiting-child', result: 'signalled', name: 'by-id' },
  });
  const { rows } = await pool.query(
    `select c.parent_id = p.id as parent, c.origin_id = p.id as origin, p.parent_id as none
     from ratchet.jobs c, ratchet.jobs p where c.key = 'waiting-child' and p.key = 'parent'`,
  );
  t.deepEqual(rows, [{ parent: true, origin: true, none: null }]);
});

test.serial('two hundred children fan out and in', async (t) => {
  const { connection, client } = await durableTest(t);
  await serve(connection);
  const handle = await client.workflow.start(many, { taskQueue: 'q', args: [200] });
  t.is(await handle.result(), 200);
});

test.serial('a taken id is an error that the retries of the parent can repair', async (t) => {
  const { connection, client } = await durableTest(t);
  nameAttempts = 0;
  await client.workflow.start({ taskQueue: 'x', workflowName: 'other', workflowId: 'taken' });
  await serve(connection);
  const config = { ...AT_ONCE, maximumAttempts: 5 };
  const handle = await client.workflow.start(collision, { taskQueue: 'q', config });
  t.is(await handle.result(), 'child named');
  t.is(nameAttempts, 3);
});
