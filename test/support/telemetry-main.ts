// A program for test/durable/spans-tell-what-happened: runs workflows, prints what the telemetry of
// its environment was told, as a line of JSON, and ends.
import { Client } from 'pg';
import { Durable } from '../../driver';

const { workflow } = Durable;
const activities = {
  async flaky(): Promise<string> {
    if (Durable.activity.getContext().attempt === 1) throw new Error('not yet');
    return 'at last';
  },
  async quick(n: number): Promise<number> {
    return n;
  },
};
const { flaky, quick } = workflow.proxyActivities<typeof activities>({
  activities,
  retry: { initialInterval: 1, backoffCoefficient: 1 },
});

async function works(): Promise<string> {
  await quick(1);
  await workflow.sleep(1);
  const last = await flaky();
  await workflow.trace({ 'order.size': 3 });
  return last;
}
async function hooking(round = 0): Promise<void> {
  if (round === 0) await workflow.continueAsNew(1);
  await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' });
}
async function hooked(info: { signal: string }): Promise<void> {
  await workflow.signal(info.signal, 1);
}
async function fails(): Promise<string> {
  throw new Error('broken');
}

/** What is started while a span is current. */
const starts = {
  async begin(): Promise<unknown> {
    const untraced = { taskQueue: 'q', workflowTrace: undefined, workflowSpan: undefined };
    const options = { ...untraced, workflowName: 'begun' } as object;
    const one = await client().workflow.start({ ...options, workflowId: 'begun' });
    const first = await one.result();
    await client().workflow.startMany(options, [{ workflowId: 'many', args: [] }]);
    const many = client().workflow.getHandle('q', 'begun', 'many');
    return [first, await many.result()];
  },
};
async function beginning(): Promise<unknown> {
  return workflow.proxyActivities<typeof starts>({ activities: starts }).begin();
}
async function begun(): Promise<unknown> {
  const { workflowTrace = null, workflowSpan = null } = workflow.workflowInfo();
  return [workflowTrace, workflowSpan];
}

const connectionString = process.argv[2] ?? '';
const connection = { class: Client, options: { connectionString } };
const client = () => new Durable.Client({ connection });

async function main(): Promise<void> {
  for (const run of [works, hooking, hooked, fails, beginning, begun]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const start = (workflowName: string, options: object) =>
    client().workflow.start({ taskQueue: 'q', workflowName, workflowId: workflowName, ...options });
  const trace = { workflowTrace: 'a'.repeat(32), workflowSpan: 'b'.repeat(16) };
  await (await start('works', trace)).result();
  await (await start('hooking', trace)).result();
  const once = { maximumAttempts: 1, initialInterval: 1, backoffCoefficient: 1 };
  const failing = await start('fails', { config: once });
  await failing.result({ throwOnError: false });
  const traces = await (await start('beginning', {})).result();
  await Durable.shutdown();
  const told = (globalThis as { told?: object }).told ?? null;
  process.stdout.write(`${JSON.stringify(told && { ...told, traces })}\n`);
}

void main();
