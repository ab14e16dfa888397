import test from 'ava';
import { Durable, type ExecutionExport } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async add(a: number, b: number) {
    return a + b;
  },
  async broken(): Promise<never> {
    throw new Error('broken \u0000');
  },
  async ltAudit() {
    return 'seen';
  },
};
const retry = { ...AT_ONCE, maximumAttempts: 0 };
const { add, broken, ltAudit } = workflow.proxyActivities<typeof activities>({ retry });

async function leaf(n: number) {
  if (n < 0) throw new Error('a bad leaf');
  return add(n, 1);
}

async function whole(n: number) {
  const { workflowId } = workflow.workflowInfo();
  const child = (name: string, value: number) => ({
    ...{ workflowId: `${workflowId}-${name}`, args: [value] as [number] },
    config: { maximumAttempts: 0 },
  });
  await workflow.enrich({ color: 'red' });
  const sum = await add(n, 2);
  await broken().catch(() => 0);
  await ltAudit();
  await workflow.sleep(20);
  const executed = await workflow.executeChild(leaf, child('a', 1));
  await workflow.executeChild(leaf, child('b', -1)).catch(() => 0);
  const started = await workflow.startChild(leaf, child('c', 2));
  const [awaited] = await Promise.all([started.result(), workflow.sleep(5)]);
  await workflow.condition(`${workflowId}-never`, 10);
  const told = await workflow.condition<{ by: string }>(`${workflowId}-go`);
  await workflow.signal('nobody', 1);
  return { sum, executed, awaited, told };
}

const TYPES = [
  'workflow_execution_started',
  ...['activity_task_scheduled 2', 'activity_task_completed 2'],
  ...['activity_task_scheduled 3', 'activity_task_failed 3'],
  ...['activity_task_scheduled 4', 'activity_task_completed 4'],
  ...['timer_started', 'timer_fired'],
  ...['child_workflow_execution_started 6', 'child_workflow_execution_completed 6'],
  ...['child_workflow_execution_started 7', 'child_workflow_execution_failed 7'],
  'child_workflow_execution_started 8',
  ...['signal_wait_started', 'timer_fired'],
  ...['signal_wait_started', 'workflow_execution_signaled'],
  'workflow_execution_completed',
];

function assertShape(t: { true(value: boolean, message?: string): void }, told: ExecutionExport) {
  told.events.forEach((event, at) => {
    t.true(event.event_id === at + 1 && event.attributes.kind === event.event_type);
    t.true(new Date(event.event_time).toISOString() === event.event_time);
    t.true(
      at === 0 || event.event_time >= (told.events[at - 1]?.event_time ?? ''),
      event.event_type,
    );
  });
}

async function run(t: Parameters<typeof durableTest>[0]) {
  const test = await durableTest(t);
  const { connection, client, pool } = test;
  for (const workflowFunction of [whole, leaf]) {
    await Durable.Worker.create({
      connection,
      taskQueue: 'q',
      workflow: workflowFunction,
      activities,
    });
  }
  const start = { taskQueue: 'q', workflowId: 'w', args: [5] as [number] };
  const handle = await client.workflow.start(whole, start);
  const waiting = `select from ratchet_internal.messages where kind = 'wait' and key = 'w-go'`;
  await waitFor('it waits', async () => (await pool.query(waiting)).rowCount === 1);
  const running = await handle.exportExecution();
  await client.workflow.signal('w-go', { by: 'me \u0000' });
  await handle.result();
  return { ...test, handle, running };
}

test.serial('5.5 events tell exactly what happened, with the options too', async (t) => {
  const { handle, running, client } = await run(t);
  assertShape(t, running);
  t.like(running, { status: 'running', close_time: null, duration_ms: null });
  t.false('result' in running);
  t.is(running.events.at(-1)?.event_type, 'signal_wait_started');
  const told = await handle.exportExecution();
  assertShape(t, told);
  const names = told.events.map(({ event_type: type, attributes }) => {
    const index = attributes['execution_index'];
    return index === undefined ? type : `${type} ${Number(index)}`;
  });
  // What ran at the same time may have ended in any order.
  const beside = ['timer_started', 'timer_fired', 'child_workflow_execution_completed 9'];
  const at = names.indexOf('child_workflow_execution_started 8') + 1;
  t.deepEqual(names.splice(at, 3).sort(), [...beside].sort());
  t.deepEqual(names, TYPES);
  t.like(told, { workflow_id: 'w', workflow_type: 'q-whole', task_queue: 'q-whole' });
  t.is(told.status, 'completed');
  t.deepEqual(told.result, { sum: 7, executed: 2, awaited: 3, told: { by: 'me \u0000' } });
  t.true((told.duration_ms ?? -1) >= 20 && told.close_time !== null);
  t.deepEqual(told.summary, {
    total_events: told.events.length,
    activities: { total: 3, completed: 2, failed: 1, system: 1, user: 2 },
    child_workflows: { total: 3, completed: 2, failed: 1 },
    ...{ timers: 2, signals: 1 },
  });
  const keys = ['children', 'stream_history', 'parent_workflow_id', 'origin_id'];
  t.deepEqual(
    keys.filter((key) => key in told),
    [],
  );
  const [start, scheduled, completed] = told.events;
  t.deepEqual(start?.attributes, {
    ...{ kind: 'workflow_execution_started', workflow_type: 'q-whole', task_queue: 'q-whole' },
    input: { color: 'red' },
  });
  t.like(scheduled, { category: 'activity', duration_ms: null, is_system: false });
  t.deepEqual(scheduled?.attributes, {
    ...{ kind: 'activity_task_scheduled', activity_type: 'add', timeline_key: '-proxy-2-' },
    execution_index: 2,
  });
  t.like(completed?.attributes, { result: 7, scheduled_event_id: scheduled?.event_id });
  const of = (type: string, n = 0) => told.events.filter((e) => e.event_type === type)[n];
  const failure = { message: 'broken \ufffd', code: 598 };
  t.like(of('activity_task_failed')?.attributes, { failure });
  t.like(of('timer_started')?.attributes, { duration_ms: 20 });
  const child = of('child_workflow_execution_started');
  t.like(child?.attributes, { child_workflow_id: 'w-a', awaited: true });
  t.like(of('child_workflow_execution_completed')?.attributes, {
    ...{ child_workflow_id: 'w-a', result: 2, initiated_event_id: child?.event_id },
  });
  const started = of('child_workflow_execution_started', 2);
  t.like(started?.attributes, { child_workflow_id: 'w-c', awaited: false });
  t.like(of('child_workflow_execution_completed', 1)?.attributes, {
    ...{ child_workflow_id: 'w-c', result: 3, initiated_event_id: started?.event_id },
  });
  const waited = of('signal_wait_started');
  t.like(waited?.attributes, { signal_name: 'w-never' });
  t.true((waited?.event_time ?? '') > told.start_time);
  t.like(of('workflow_execution_signaled')?.attributes, {
    ...{ signal_name: 'w-go', input: { by: 'me \u0000' } },
  });
  t.is(await client.workflow.getHandle('q', 'leaf', 'w-b').status(), 0);
});

test.serial('5.5 every option', async (t) => {
  const { handle, client } = await run(t);
  const rich = await handle.exportExecution({ enrich_inputs: true, allow_direct_query: true });
  const inputs = rich.events.map(({ attributes }) => attributes['input']).filter(Boolean);
  t.deepEqual(inputs, [[5], [5, 2], [], [], [1], [-1], [2], { by: 'me \u0000' }]);
  const brief = await handle.exportExecution({ omit_results: true, enrich_inputs: true });
  t.false('result' in brief);
  t.true(brief.events.every((e) => !('result' in e.attributes) && !('input' in e.attributes)));
  const user = await handle.exportExecution({ exclude_system: true });
  t.is(user.summary.activities.total, 2);
  t.deepEqual(
    user.events.map((e) => e.event_id),
    user.events.map((_e, at) => at + 1),
  );
  const root = await handle.exportExecution({ include_lineage: true, mode: 'sparse' });
  t.deepEqual([root.parent_workflow_id, root.origin_id, root.children], [null, null, undefined]);
  const options = { mode: 'verbose', include_lineage: true, include_stream_history: true } as const;
  const verbose = await handle.exportExecution(options);
  t.deepEqual(
    verbose.children?.map(({ workflow_id: id, status, parent_workflow_id: parent, origin_id }) => [
      ...[id, status, parent, origin_id],
    ]),
    [
      ['w-a', 'completed', 'w', 'w'],
      ['w-b', 'failed', 'w', 'w'],
      ['w-c', 'completed', 'w', 'w'],
    ],
  );
  t.deepEqual(verbose.children?.[0]?.children, []);
  t.like(verbose.children?.[1]?.events.at(-1)?.attributes, { failure: { message: 'a bad leaf' } });
  t.like(verbose.stream_history?.[0], { jid: 'w', aid: 'add', data: [5, 2], code: 200 });
  t.like(verbose.stream_history?.[1], { aid: 'broken', status: 'error' });
  const flat = await handle.exportExecution({ mode: 'verbose', max_depth: 0 });
  t.deepEqual(flat.children, []);
  const plain = await handle.exportExecution({ mode: 'sparse', enrich_inputs: false });
  t.false('children' in plain);
  const bad: [object, string][] = [
    [{ mode: 'loud' }, 'WF104'],
    [{ max_dept: 1 }, 'WF104'],
    [{ max_depth: -1 }, 'WF104'],
    [{ omit_results: 'yes' }, 'WF104'],
  ];
  for (const [option, code] of bad) {
    t.like(await t.throwsAsync(handle.exportExecution(option)), { code }, JSON.stringify(option));
  }
  const unknown = client.workflow.getHandle('q', 'whole', 'unknown');
  t.like(await t.throwsAsync(unknown.exportExecution()), { code: 404 });
});

test.serial('5.4 export has every section, and only those asked for', async (t) => {
  const { handle } = await run(t);
  const told = await handle.export({ enrich_inputs: true });
  t.deepEqual(Object.keys(told).sort(), ['data', 'state', 'status', 'timeline', 'transitions']);
  t.deepEqual([told.data, told.status], [{ color: 'red' }, 0]);
  t.like(told.state, { data: { done: true, workflowId: 'w' }, metadata: { js: 0, jid: 'w' } });
  t.like(told.state?.data, { response: { sum: 7 }, $error: undefined });
  for (const at of ['jc', 'ju'] as const) t.regex(told.state?.data[at] ?? '', /^\d{14}\.\d{3}$/);
  const byKey = new Map(told.timeline?.map(({ key, value }) => [key, value]));
  t.is(byKey.get('-search-1-0-'), '1');
  t.like(byKey.get('-proxy-2-'), { type: 'proxy', data: 7, input: [5, 2], job_id: 'w' });
  t.like(byKey.get('-proxy-3-'), { $error: { message: 'broken \ufffd', code: 598 } });
  t.like(byKey.get('-child-7-'), { $error: { message: 'a bad leaf', code: 597 } });
  t.like(byKey.get('-sleep-5-'), { duration: 0.02 });
  t.like(byKey.get('-child-6-'), { data: 2, job_id: 'w-a' });
  t.like(byKey.get('-start-8-'), { data: 'w-c', job_id: 'w-c' });
  t.like(byKey.get('-child-9-'), { data: 3, job_id: 'w-c' });
  t.like(byKey.get('-wait-11-'), { timedOut: true });
  t.like(byKey.get('-wait-12-'), { type: 'wait', data: { id: 'w-go', data: { by: 'me \u0000' } } });
  t.is(told.transitions?.length, told.timeline?.length);
  const empty = await handle.export({ values: false });
  const values = new Map(empty.timeline?.map(({ key, value }) => [key, value]));
  t.deepEqual(values.get('-search-1-0-'), {});
  t.like(values.get('-proxy-2-'), { data: {} });
  t.like(values.get('-proxy-3-'), { $error: {} });
  t.like(values.get('-wait-12-'), { data: { id: 'w-go', data: {} } });
  const few = await handle.export({ allow: ['data', 'state'], block: ['state'] });
  t.deepEqual(few, { data: { color: 'red' } });
  const allow: string[] = ['status'];
  t.deepEqual(await handle.export({ allow }), { status: 0 });
  t.like(await t.throwsAsync(handle.export({ alow: [] } as object)), {
    ...{ code: 'WF104', hint: "Did you mean 'allow'?" },
  });
  t.like(await t.throwsAsync(handle.export({ block: ['nothing'] as never })), { code: 'WF104' });
});

test.serial('5.3 and 5.5 a job that was terminated or failed', async (t) => {
  const { client } = await durableTest(t);
  const options = { taskQueue: 'none', workflowName: 'x', workflowId: 'stopped' };
  const handle = await client.workflow.start(options);
  t.deepEqual(await handle.state(), { done: false, workflowId: 'stopped' });
  await handle.hotMesh.interrupt('none-x', 'stopped', { reason: 'enough', code: 499 });
  const told = await handle.exportExecution();
  t.is(told.status, 'failed');
  t.like(told.events.at(-1), { event_type: 'workflow_execution_failed', event_id: 2 });
  t.like(told.events.at(-1)?.attributes, { failure: { message: 'enough', code: 499 } });
  const { data, metadata } = await handle.state(true);
  t.like(data, { done: true, $error: { message: 'enough', code: 499 } });
  t.true(metadata.js < -1_000_000 && metadata.err?.includes('enough'));
  t.regex(metadata.jc, /^\d{14}\.\d{3}$/);
  // 20: names of other releases, written like columns.
  const sql = 'select key, j.is_live, j.expired_at from jobs j';
  const rows = await client.workflow.search('none', 'x', null, 'sql', sql);
  t.deepEqual(rows, [{ key: 'stopped', is_live: true, expired_at: null }]);
  const quiet = await client.workflow.start({ ...options, workflowId: 'quiet' });
  await quiet.hotMesh.interrupt('none-x', 'quiet', { throw: false });
  const ended = await quiet.exportExecution();
  t.is(ended.status, 'failed', 'the semaphore is below 0');
  t.is(ended.events.at(-1)?.event_type, 'workflow_execution_failed');
  const error = { message: 'job [quiet] interrupted', code: 410, job_id: 'quiet' };
  const inside = await quiet.state(true);
  const failures = [ended.events.at(-1)?.attributes['failure'], inside.data.$error];
  for (const failure of failures) t.deepEqual(failure, { ...error, stack: '' });
  t.like(JSON.parse(inside.metadata.err ?? ''), error);
  t.notRegex(JSON.stringify([inside, ended, await quiet.export()]), /isSilent/);
  t.is(await quiet.result(), undefined, 'who waits gets no error');
});
