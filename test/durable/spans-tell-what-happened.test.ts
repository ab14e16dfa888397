import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { testDatabase } from '../support/cluster';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);

interface Told {
  spans: {
    name: string;
    attributes: Record<string, unknown>;
    parent: { traceId: string; spanId: string };
    error?: string;
  }[];
  counts: Record<string, number>;
  records: Record<string, number>;
}

/** As much of @opentelemetry/api as an application would have registered an SDK with. */
const FAKE_API = `
  const told = (globalThis.told = { spans: [], counts: {}, records: {} });
  const parents = new WeakMap();
  let active = {};
  exports.ROOT_CONTEXT = active;
  exports.context = {
    active: () => active,
    with(context, run) {
      const before = active;
      active = context;
      try { return run(); } finally { active = before; }
    },
  };
  exports.trace = {
    getTracer: (name, version) => ({
      startSpan(name, { attributes }, context) {
        const span = { name, attributes, parent: parents.get(context) };
        return {
          spanContext: () => ({ traceId: '0', spanId: '0', traceFlags: 0 }),
          setStatus({ message }) { span.error = message; },
          end() { told.spans.push(span); },
        };
      },
    }),
    getSpan: () => undefined,
    setSpan: (context) => ({ ...context }),
    setSpanContext(context, { traceId, spanId }) {
      const child = {};
      parents.set(child, { traceId, spanId });
      return child;
    },
  };
  const count = (list, name) => () => { list[name] = (list[name] || 0) + 1; };
  exports.metrics = {
    getMeter: () => ({
      createCounter: (name) => ({ add: count(told.counts, name) }),
      createHistogram: (name) => ({ record: count(told.records, name) }),
    }),
  };
`;

async function told(
  t: ExecutionContext<unknown>,
  environment: Record<string, string>,
  hasApi = true,
): Promise<{ told: Told | null; stderr: string }> {
  const { url } = await testDatabase(t);
  const modules = await mkdtemp(join(tmpdir(), 'pgratchet-otel-'));
  t.teardown(() => rm(modules, { recursive: true, force: true }));
  if (hasApi) {
    const folder = join(modules, '@opentelemetry', 'api');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'index.js'), FAKE_API);
  }
  const program = ['--import=tsx', join(__dirname, '..', 'support', 'telemetry-main.ts'), url];
  const env = { ...process.env, NODE_PATH: modules, ...environment };
  const { stdout, stderr } = await run(process.execPath, program, { cwd: root, env });
  return { told: JSON.parse(stdout) as Told | null, stderr };
}

test('22: info tells of workflows and activities, with their traces, and counts', async (t) => {
  const { told: all } = await told(t, { HMSH_TELEMETRY: 'true' });
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
    ],
  );
  const [start, quick, , flaky, traced, , , , , , failing, retried, failed] = spans;
  const id = { 'durable.workflow.id': 'works', 'durable.workflow.topic': 'q-works' };
  t.like(start?.attributes, { ...id, 'durable.workflow.name': 'works' });
  t.like(quick?.attributes, {
    ...{ ...id, 'durable.activity.name': 'quick', 'durable.exec.index': 1, 'durable.attempt': 1 },
  });
  t.like(traced?.attributes, { ...id, 'order.size': 3 });
  t.like(flaky?.attributes, { 'durable.exec.index': 3, 'durable.attempt': 2 });
  for (const { parent } of spans.slice(0, 10)) {
    t.deepEqual(parent, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
  }
  t.regex(failing?.parent.traceId ?? '', /^[0-9a-f]{32}$/);
  t.regex(failing?.parent.spanId ?? '', /^[0-9a-f]{16}$/);
  t.deepEqual(failed?.parent, failing?.parent, 'a job without a trace has one of its own');
  t.like(retried?.attributes, { 'durable.final': false, 'durable.attempt': 1 });
  t.like(failed?.attributes, { 'durable.final': true, 'durable.attempt': 2 });
  t.deepEqual(all?.counts, {
    ...{ 'durable.workflow.started': 4, 'durable.workflow.completed': 3 },
    ...{ 'durable.workflow.failed': 1, 'durable.retries': 2, 'durable.activity.executed': 3 },
  });
  t.is(all?.records['durable.activity.duration'], 3);
  t.true((all?.records['durable.exchange.duration'] ?? 0) > 3);
});

test('22: debug also tells of calls and answers', async (t) => {
  const { told: all } = await told(t, { HMSH_TELEMETRY: 'debug' });
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
  t.is((await told(t, { HMSH_TELEMETRY: 'false' })).told, null);
});

test('22: without @opentelemetry/api everything works, and one line says why', async (t) => {
  const { told: nothing, stderr } = await told(t, { HMSH_TELEMETRY: 'info' }, false);
  t.is(nothing, null);
  const lines = stderr.split('\n').filter((line) => line.includes('@opentelemetry/api'));
  t.is(lines.length, 1);
  t.like(JSON.parse(lines[0] ?? '{}'), { level: 'warn', code: 'MODULE_NOT_FOUND' });
});
