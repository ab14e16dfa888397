import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { testDatabase } from './cluster';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);

export interface Told {
  spans: {
    name: string;
    spanId: string;
    kind?: number;
    attributes: Record<string, unknown>;
    parent?: { traceId: string; spanId: string };
    error?: string;
  }[];
  counts: Record<string, number>;
  records: Record<string, number>;
  /** What the program saw of the traces that jobs were started in. */
  traces?: unknown;
}

/** As much of @opentelemetry/api as an application would have registered an SDK with. */
const FAKE_API = `
  const told = (globalThis.told = { spans: [], counts: {}, records: {} });
  const parents = new WeakMap();
  const carried = new WeakMap();
  let spans = 0;
  const active = new (require('node:async_hooks').AsyncLocalStorage)();
  exports.ROOT_CONTEXT = {};
  exports.context = {
    active: () => active.getStore() ?? exports.ROOT_CONTEXT,
    with: (context, run) => active.run(context, run),
  };
  exports.trace = {
    getTracer: (name, version) => ({
      startSpan(name, { attributes, kind }, context) {
        const parent = parents.get(context);
        const traceId = parent ? parent.traceId : 'c'.repeat(32);
        const made = { traceId, spanId: String(++spans).padStart(16, '0'), traceFlags: 1 };
        const none = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
        const ids = process.env.FAKE_WITHOUT_SDK ? none : made;
        const span = { name, attributes, kind, parent, spanId: ids.spanId };
        return {
          spanContext: () => ids,
          setAttributes: (more) => Object.assign(attributes, more),
          setStatus({ message }) { span.error = message; },
          end() { told.spans.push(span); },
        };
      },
    }),
    getSpan: (context) => carried.get(context),
    setSpan(context, span) {
      const child = {};
      parents.set(child, span.spanContext());
      carried.set(child, span);
      return child;
    },
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

/** Runs a program of this folder, and returns what the telemetry of its environment was told. */
export async function toldBy(
  t: ExecutionContext<unknown>,
  program: string,
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
  const argv = [...process.execArgv, join(__dirname, program), url];
  const env = { ...process.env, NODE_PATH: modules, ...environment };
  const { stdout, stderr } = await run(process.execPath, argv, { cwd: root, env });
  return { told: JSON.parse(stdout) as Told | null, stderr };
}
