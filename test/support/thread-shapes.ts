import { Durable } from '../../driver';
import { proxies } from './shapes';

// Workflows of several threads and generations, for tests that kill, pause and replace workers.

interface Info {
  signal: string;
}

/** A hook with steps here and elsewhere, which answers. */
export async function hookedSteps(label: string, value: number, info: Info): Promise<void> {
  const { local, remote } = proxies();
  const first = await local.step(`${label}-a`, value);
  await Durable.workflow.sleep(5);
  await Durable.workflow.signal(info.signal, await remote.step(`${label}-b`, first));
}

export async function patience(): Promise<unknown> {
  return Durable.workflow.condition('never');
}

/** Answers from hooks one by one and beside each other; a job that is stopped, and listeners. */
export async function hooks(): Promise<unknown[]> {
  const { workflowId, taskQueue } = Durable.workflow.workflowInfo();
  const { execHook, execHookBatch, patched, startChild, terminate } = Durable.workflow;
  const { emit, trace, search } = Durable.workflow;
  const { local } = proxies();
  const hook = (...args: unknown[]) => ({
    ...{ taskQueue, workflowName: 'hookedSteps', args },
    search: { data: { last: String(args[0]) } },
  });
  const one = await execHook<number>(hook('one', 1));
  const isNew = await patched('a change');
  const both = await execHookBatch<{ a: number; b: number }>([
    { key: 'a', options: hook('two', 2) },
    { key: 'b', options: hook('three', 3) },
  ]);
  const options = { workflowId: `stopped ${workflowId}`, args: [] };
  const child = await startChild(patience, options as { workflowId: string; args: [] });
  const isStopped = await terminate(child.workflowId, { throw: false });
  const nothing = await child.result();
  const isTold = await emit({ told: one });
  const isTraced = await trace({ one });
  const end = await local.step('end', both.b);
  const last = await (await search()).get('last');
  return [one, isNew, both, isStopped, nothing, isTold, isTraced, end, last];
}

/** Ends and begins anew, with steps, a wait and a hook in each generation. */
export async function generations(round = 0, sum = 0): Promise<unknown> {
  const { workflowId, taskQueue, workflowDimension } = Durable.workflow.workflowInfo();
  const { continueAsNew, execHook, signal, condition } = Durable.workflow;
  const { local, remote } = proxies();
  const here = await local.step(`here-${round}`, sum);
  const there = await remote.step(`there-${round}`, here);
  await signal(`${workflowId}-${round}`, 1);
  const one = await condition<number>(`${workflowId}-${round}`);
  const hook = { taskQueue, workflowName: 'hookedSteps', args: [`hook-${round}`, one] };
  const hooked = await execHook<number>(hook);
  if (round < 2) return continueAsNew(round + 1, there + hooked);
  return [workflowDimension, there, hooked];
}
