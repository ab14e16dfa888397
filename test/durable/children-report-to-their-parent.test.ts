import test from 'ava';
import { Durable, Errors } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function child(mode: string) {
  if (mode === 'fatal') throw new Errors.DurableFatalError('child broke');
  if (mode === 'ordinary') throw new Error('child failed');
  if (mode === 'late') throw new Errors.DurableTimeoutError('too late');
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

async function cancelledChild(): Promise<unknown> {
  throw new workflow.CancelledFailure();
}

/** What is caught of children that were cancelled, stopped or late, and what is returned. */
async function outcomes() {
  const caught: unknown[] = [];
  const note = (error: Error & { type: string; code: number }) => {
    const { message, type, code } = error;
    caught.push({ message, type, code, isInterrupt: Durable.didInterrupt(error) });
    caught.push(workflow.isCancellation(error));
  };
  await workflow.executeChild(cancelledChild).catch(note);
  const stopped = await workflow.startChild(child, { args: ['wait'] });
  await workflow.terminate(stopped.workflowId, { reason: 'enough' });
  await stopped.result().catch(note);
  await workflow.executeChild(child, { args: ['late'] }).catch(note);
  const config = { throwOnError: false };
  return [caught, await workflow.executeChild(child, { args: ['fatal'], config })];
}

test.serial('10.4: each failure of a child has one of four types in its parent', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await serve(connection);
  for (const run of [outcomes, cancelledChild]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const [caught, returned] = await (
    await client.workflow.start(outcomes, { taskQueue: 'q' })
  ).result();
  const failure = (message: string, type: string, code: number) => {
    return [{ message, type, code, isInterrupt: true }, false];
  };
  t.deepEqual<unknown, unknown>(caught, [
    ...failure('Workflow cancelled', 'DurableFatalError', 598),
    ...failure('enough', 'DurableRetryError', 410),
    ...failure('too late', 'DurableTimeoutError', 596),
  ]);
  t.like(returned, { message: 'child broke', code: 598 });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function leaving(mode: string) {
  void workflow.executeChild(child, { args: ['never awaited'], workflowId: `${mode}-unawaited` });
  await workflow.startChild(child, { args: ['wait'], workflowId: `${mode}-child` });
  await workflow.startChild({ entity: 'thing', workflowId: `${mode}-thing` });
  const generated = await workflow.startChild({ entity: 'thing' });
  await workflow.startChild({ workflowName: 'child', args: ['wait'], workflowId: `${mode}-alike` });
  if (mode === 'fails') throw new Errors.DurableFatalError('on purpose');
  return mode === 'returns' ? generated : workflow.condition('never');
}

test.serial('10.4: children have defaults, and go on however their parent ends', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await serve(connection);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: leaving });
  const start = (mode: string) =>
    client.workflow.start(leaving, {
      ...{ taskQueue: 'q', workflowId: mode, args: [mode] as [string] },
      ...{ config: { maximumAttempts: 9 }, expire: 77 },
    });
  const id = String(await (await start('returns')).result());
  t.regex(id, /^thing-./);
  await t.throwsAsync((await start('fails')).result(), { message: 'on purpose' });
  const [cancelled, stopped] = [await start('cancelled'), await start('stopped')];
  for (const mode of ['cancelled', 'stopped']) {
    await waitFor(`the children of ${mode}`, async () => {
      const started = `select from ratchet.jobs where key = '${mode}-alike'`;
      return (await pool.query(started)).rowCount === 1;
    });
  }
  await cancelled.cancel();
  await stopped.terminate();
  await t.throwsAsync(cancelled.result());
  for (const mode of ['returns', 'fails', 'cancelled', 'stopped']) {
    t.is(await client.workflow.getHandle('q', 'child', `${mode}-child`).status(), 1, mode);
    const unawaited = client.workflow.getHandle('q', 'child', `${mode}-unawaited`);
    t.is(await unawaited.result(), 'child never awaited', mode);
  }
  const stored = `select key, queue, workflow, entity, options::text as options,
    expire_seconds::int as expire from ratchet.jobs where key in ('returns-alike', 'returns-thing')
    order by key`;
  t.deepEqual(
    (await pool.query(stored)).rows,
    [
      ...[{ key: 'returns-alike', queue: 'q', workflow: 'child', entity: 'child' }],
      ...[{ key: 'returns-thing', queue: 'thing', workflow: 'thing', entity: 'thing' }],
    ].map((row) => ({ ...row, options: null, expire: 77 })),
  );
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function lenient() {
  const config = { throwOnError: false };
  const failing = await workflow.startChild(child, {
    args: ['fatal'],
    workflowId: 'lenient',
    config,
  });
  const { counter } = workflow.workflowInfo();
  const returned = await failing.result<object>();
  const taken = await workflow
    .startChild(child, { args: ['x'], workflowId: 'lenient', config })
    .catch((error: Error) => error.message);
  return { returned, taken, numbers: workflow.workflowInfo().counter - counter };
}

test.serial('10.4: the handle of a child may return its error, once it was started', async (t) => {
  const { connection, client } = await durableTest(t);
  await serve(connection);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: lenient });
  const handle = await client.workflow.start(lenient, { taskQueue: 'q' });
  const { returned, taken, numbers } = await handle.result();
  t.like(returned, { message: 'child broke', code: 598 });
  t.is<unknown, unknown>(taken, 'Duplicate job: lenient');
  t.is(numbers, 2);
});

async function describing() {
  const described = { search: { data: { size: 1 } }, marker: { '-by': 'parent', '-n': 2 } };
  await workflow.executeChild(child, { args: ['x'], workflowId: 'marked', ...described });
  const options = { workflowId: 'reserved', pending: 60, persistent: true, signalIn: false };
  await workflow.startChild(child, { ...options, args: ['later'], ...described });
  try {
    return await workflow.executeChild(child, { args: ['never'], pending: 60 });
  } catch (error) {
    return (error as Error).message;
  }
}

test.serial('10.4: a child may be marked, described, and only reserved', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await serve(connection);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: describing });
  const handle = await client.workflow.start(describing, { taskQueue: 'q', workflowId: 'p' });
  t.regex(String(await handle.result()), /pending/);
  const said = `select j.key, a.field, a.value from ratchet.jobs_attributes a
    join ratchet.jobs j on j.id = a.job_id where a.kind in ('marker', 'attribute') order by 1, 2`;
  t.deepEqual(
    (await pool.query(said)).rows.map(({ key, field, value }) => `${key} ${field} ${value}`),
    ['marked', 'reserved'].flatMap((id) => [`${id} -by parent`, `${id} -n 2`, `${id} _size 1`]),
  );
  const reserved = client.workflow.getHandle('q', 'child', 'reserved');
  t.is(await reserved.status(), -1);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  await client.workflow.start(child, { taskQueue: 'q', workflowId: 'reserved', args: ['now'] });
  t.is(await reserved.result(), 'child now');
  t.like(await reserved.exportExecution({ include_lineage: true }), { parent_workflow_id: 'p' });
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

async function tracing() {
  const { workflowTrace, workflowSpan } = workflow.workflowInfo();
  return [workflowTrace, workflowSpan];
}

async function traced() {
  const own = { workflowTrace: 'c'.repeat(32) };
  const inside = { workflowSpan: 'd'.repeat(16) };
  const none = { workflowTrace: undefined, workflowSpan: undefined } as object;
  const all = [{}, none, inside, own, { ...own, ...inside }];
  return Promise.all(all.map((options) => workflow.executeChild(tracing, options)));
}

test.serial('10.4: a child is in the trace of its parent, unless it is given one', async (t) => {
  const { connection, client } = await durableTest(t);
  for (const run of [traced, tracing]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const [trace, span, own, inside] = [...'abcd'].map((c, at) => c.repeat(at % 2 === 0 ? 32 : 16));
  const given = { workflowTrace: trace as string, workflowSpan: span as string };
  const handle = await client.workflow.start(traced, { taskQueue: 'q', ...given });
  t.deepEqual<unknown, unknown>(await handle.result(), [
    ...[
      [trace, span],
      [trace, span],
      [trace, inside],
    ],
    ...[
      [own, null],
      [own, inside],
    ],
  ]);
});
