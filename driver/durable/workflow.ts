import { createHash } from 'node:crypto';
import { durationMs, type Duration } from '../duration';
import { context } from '../engine/context';
import { executeChild, startChild } from './children';
import { currentWorkflow, durableCall } from './current-turn';
import { CancelledFailure, didInterrupt, isCancellation } from './errors';
import { entity } from './entity';
import { proxyActivities } from './proxy-activities';
import { enrich, search } from './search';
import { condition, signal } from './signals';

/**
 * A durable timer. Text as '5 seconds', '2 minutes', '30 days'; a number is milliseconds. Resolves
 * to the duration in seconds.
 */
function sleep(duration: Duration): Promise<number> {
  const milliseconds = durationMs(duration, 'duration');
  return durableCall('sleep', {
    kind: 'sleep',
    name: 'sleep',
    input: String(milliseconds / 1_000),
    delay: milliseconds,
    convert: (answer) => Number(answer.value),
  });
}

/** What a workflow knows of itself. */
export interface WorkflowInfo {
  workflowId: string;
  workflowName: string;
  taskQueue: string;
  workflowTopic: string;
  namespace: string;
  workflowDimension: string;
  /** Number of the last durable call. */
  counter: number;
  /** Whether the policy allows another run if this one fails. */
  canRetry: boolean;
  /** How often it has failed and been run again. */
  attempt: number;
  originJobId: string | null;
  isCancelled: boolean;
}

function workflowInfo(): WorkflowInfo {
  const { turn } = currentWorkflow('workflowInfo');
  const { workflowId, workflow, queue, namespace, attempt, options, value } = turn.work;
  const policy = (options === null ? {} : JSON.parse(options)) as { maximumAttempts?: number };
  return {
    ...{ workflowId, workflowName: workflow, taskQueue: queue, namespace, attempt },
    workflowTopic: `${queue}-${workflow}`,
    workflowDimension: '',
    counter: turn.counter,
    canRetry: attempt < (policy.maximumAttempts ?? 3),
    originJobId: value,
    isCancelled: turn.isCancelled,
  };
}

/** The number at place `n` of a fixed sequence in [0, 1). */
export function deterministicRandom(n: number): number {
  const x = Math.sin(n) * 10_000;
  return x - Math.floor(x);
}

/** A number in [0, 1), the same in every replay. */
function random(): number {
  const { turn } = currentWorkflow('random');
  turn.counter += 1;
  return deterministicRandom(turn.counter);
}

/** A random (version 4) UUID, the same in every replay and different in every workflow. */
function uuid4(): string {
  const { turn } = currentWorkflow('uuid4');
  turn.counter += 16;
  const seed = `${turn.work.namespace}\n${turn.work.workflowId}\n${turn.jobId}\n${turn.counter}`;
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const CancellationScope = {
  /** Runs `body` as if the workflow were not cancelled: for cleaning up. */
  nonCancellable<T>(body: () => Promise<T>): Promise<T> {
    const current = currentWorkflow('CancellationScope.nonCancellable');
    return context.run({ ...current, isShielded: true }, body);
  },
};

/** `Promise.all` over its arguments. */
function all<T extends unknown[]>(...promises: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  return Promise.all(promises);
}

/** What a workflow function calls. Every durable call takes the next number of its workflow. */
export const workflow = {
  proxyActivities,
  sleep,
  sleepFor: sleep,
  condition,
  waitFor: condition,
  signal,
  executeChild,
  execChild: executeChild,
  startChild,
  search,
  enrich,
  entity,
  workflowInfo,
  getContext: workflowInfo,
  random,
  uuid4,
  all,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  didInterrupt,
};
