import test from 'ava';
import { toldBy } from '../support/fake-telemetry';

test('22: info tells of workflows and activities, with their traces, and counts', async (t) => {
  const { told: all } = await toldBy(t, 'telemetry-main.ts', { HMSH_TELEMETRY: 'true' });
  const spans = all?.spans ?? [];
  t.deepEqual(
    spans.map(({ name, error }) => (error === undefined ? name : `${name} ${error}`)),
    [
      ...['WORKFLOW/START/works', 'ACTIVITY/quick'],
      ...['ACTIVITY/flaky not yet', 'ACTIVITY/flaky', 'WORKFLOW/TRACE/works'],
      'WORKFLOW/COMPLETE/works',
      ...['WORKFLOW/START/hooking', 'WORKFLOW/START/hooked', 'WORKFLOW/COMPLETE/hooked'],
      'WORKFLOW/COMPLETE/hooking',
      ...['WORKFLOW/START/fails', 'WORKFLOW/ERROR/fails broken', 'WORKFLOW/ERROR/fails broken'],
      'WORKFLOW/START/beginning',
      ...['WORKFLOW/START/begun', 'WORKFLOW/COMPLETE/begun'],
      ...['WORKFLOW/START/begun', 'WORKFLOW/COMPLETE/begun'],
      ...['ACTIVITY/begin', 'WORKFLOW/COMPLETE/beginning'],
    ],
  );
  const [start, quick, , flaky, traced, , , , , , failing, retried, failed] = spans;
  const id = { 'durable.workflow.id': 'works', 'durable.workflow.topic': 'q-works' };
  t.like(start?.attributes, { ...id, 'durable.workflow.name': 'works' });
  t.like(quick?.attributes, {
    ...{ ...id, 'durable.activity.name': 'quick', 'durable.exec.index': 1, 'durable.attempt': 1 },
    'durable.workflow.name': 'works',
  });
  t.like(traced?.attributes, { ...id, 'order.size': 3 });
  t.like(flaky?.attributes, { 'durable.exec.index': 3, 'durable.attempt': 2 });
  t.is(flaky?.attributes['durable.workflow.name'], 'works', 'also of one that was claimed');
  for (const { parent } of spans.slice(0, 10)) {
    t.deepEqual(parent, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
  }
  t.regex(failing?.parent?.traceId ?? '', /^[0-9a-f]{32}$/);
  t.regex(failing?.parent?.spanId ?? '', /^[0-9a-f]{16}$/);
  t.deepEqual(failed?.parent, failing?.parent, 'a job without a trace has one of its own');
  t.like(retried?.attributes, { 'durable.final': false, 'durable.attempt': 1 });
  t.like(failed?.attributes, { 'durable.final': true, 'durable.attempt': 2 });
  const begin = spans.find(({ name }) => name === 'ACTIVITY/begin');
  const current = [begin?.parent?.traceId, begin?.spanId];
  t.deepEqual(all?.traces, [current, current], 'what is started within a span is in its trace');
  t.deepEqual(all?.counts, {
    ...{ 'durable.workflow.started': 7, 'durable.workflow.completed': 6 },
    ...{ 'durable.workflow.failed': 1, 'durable.retries': 2, 'durable.activity.executed': 4 },
  });
  t.is(all?.records['durable.activity.duration'], 4);
  t.true((all?.records['durable.exchange.duration'] ?? 0) > 3);
});

test('22: debug also tells of calls and answers', async (t) => {
  const { told: all } = await toldBy(t, 'telemetry-main.ts', { HMSH_TELEMETRY: 'debug' });
  const names = all?.spans
    .filter(({ attributes }) => attributes['durable.workflow.id'] === 'works')
    .map(({ name }) => name)
    .filter((name) => /^(DISP|RET)/.test(name));
  t.deepEqual(names, [
    ...['DISPATCH/activity/quick/1', 'RETURN/activity/quick/1'],
    ...['DISPATCH/sleep/sleep/2', 'RETURN/sleep/sleep/2'],
    ...['DISPATCH/activity/flaky/3', 'RETURN/activity/flaky/3'],
    ...['DISPATCH/trace/trace/4', 'RETURN/trace/trace/4'],
  ]);
});

test('22: nothing is told without HMSH_TELEMETRY, and the API is not even loaded', async (t) => {
  t.is((await toldBy(t, 'telemetry-main.ts', { HMSH_TELEMETRY: 'false' })).told, null);
});

test('22: without @opentelemetry/api everything works, and one line says why', async (t) => {
  const { told: nothing, stderr } = await toldBy(
    t,
    'telemetry-main.ts',
    { HMSH_TELEMETRY: 'info' },
    false,
  );
  t.is(nothing, null);
  const lines = stderr.split('\n').filter((line) => line.includes('@opentelemetry/api'));
  t.is(lines.length, 1);
  t.like(JSON.parse(lines[0] ?? '{}'), { level: 'warn', code: 'MODULE_NOT_FOUND' });
});

test('22: without an SDK no span has an id, and no job is in the trace of none', async (t) => {
  const { told } = await toldBy(t, 'telemetry-main.ts', {
    ...{ HMSH_TELEMETRY: 'info', FAKE_WITHOUT_SDK: '1' },
  });
  t.deepEqual(told?.traces, [
    [null, null],
    [null, null],
  ]);
});
