import { fromJson, toJson, toPayload } from '../database/json-door';
import { currentWorkflow, durableCall } from '../durable/current-turn';
import type { StoredPolicy } from '../durable/retry-policy';
import { knowsItsCall, registerActivities } from '../engine/activities';
import { context } from '../engine/context';
import type { Hub } from '../engine/hub';
import { FinalFailure, type WorkflowFunction } from '../engine/run-workflow';
import { RatchetError } from '../errors';

/** Any function whose arguments and result are JSON values. */
export type VirtualCallback = (...args: never[]) => unknown;

/** The one argument of the job of a call. */
export interface StoredCall {
  args: unknown[];
  /** `<namespace>.call` or `<namespace>.cron`. */
  workflowName: string;
  /** Id of a repeating call, of which this job is one run. */
  cronId?: string;
}

/** What a callback knows of its call. */
export interface VirtualContext {
  topic: string;
  /** The id of the call, or of the repeating call. */
  workflowId: string;
  workflowName: string;
  /** Tells the runs of a repeating call apart; empty for others. */
  dimension: string;
  /** Which execution this is, from 1. */
  attempt: number;
  /** The same for every execution of one call: usable as an idempotency key. */
  guid: string;
  traceId: string | undefined;
  spanId: string | undefined;
}

/** The workflow that every call is a job of. */
export const CALL = 'call';
/** The activities that are callbacks: their first stored argument is the call they belong to. */
const callbacks = new Set<string>();

interface Invocation extends Omit<StoredCall, 'args'> {
  topic: string;
  guid: string;
}

/** A callback runs as an activity, so that each execution is counted before it begins. */
export function callWorkflow(
  activity: string,
  topic: string,
  policy: Required<StoredPolicy>,
): WorkflowFunction {
  return async (call: StoredCall) => {
    const { turn } = currentWorkflow('Virtual');
    const { args, ...rest } = call;
    const guid = `${turn.jobId}-${turn.work.workflowId}`;
    const invocation: Invocation = { ...rest, topic, guid };
    return durableCall('Virtual', {
      kind: 'activity',
      name: activity,
      input: toPayload([invocation, ...args], 'args'),
      queue: topic,
      options: toJson(policy, 'options'),
      convert: ({ isFailed, value }) => {
        if (!isFailed) return fromJson(value);
        const { message = '', code = 500, stack } = fromJson(value) as Partial<StoredFailure>;
        throw new FinalFailure({ message, code, ...(stack === undefined ? {} : { stack }) });
      },
    });
  };
}

interface StoredFailure {
  message: string;
  code: number;
  stack: string;
}

/** Serves a topic with a callback in this process. */
export async function serveTopic(
  hub: Hub,
  { namespace, topic }: { namespace: string; topic: string },
  callback: VirtualCallback,
  policy: Required<StoredPolicy>,
): Promise<void> {
  const activity = `${namespace}/${topic}`;
  callbacks.add(activity);
  const functions = { [activity]: (...args: never[]) => callback(...args) };
  for (const each of Object.values(functions)) knowsItsCall(each);
  registerActivities(functions);
  await hub.prepare();
  const engine = hub.worker();
  await engine.serveActivities({ namespace, queue: topic });
  const route = { namespace, queue: topic, workflow: CALL };
  await engine.serveWorkflow(route, callWorkflow(activity, topic, policy));
}

/** What the callback that is running knows of its call. Throws elsewhere. */
export function getContext(): VirtualContext {
  const current = context.getStore();
  if (current?.kind !== 'activity' || !callbacks.has(current.activityName)) {
    throw new RatchetError('WF303', 'Virtual.getContext was called outside of a callback.', {
      hint: 'Call it in a function given to Virtual.connect, while it runs.',
    });
  }
  // A function that was put in the place of the callback has it among its arguments.
  const call = (current.call ?? current.arguments[0]) as Invocation;
  const { topic, workflowName, cronId, guid } = call;
  const { workflowId, attempt } = current;
  return {
    ...{ topic, workflowName, attempt, guid, traceId: undefined, spanId: undefined },
    workflowId: cronId ?? workflowId,
    dimension: cronId === undefined ? '' : workflowId.slice(cronId.length + 1),
  };
}
