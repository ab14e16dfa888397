import { createHash } from 'node:crypto';
import { toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { durationMs, type Duration } from '../duration';
import { context } from '../engine/context';
import { isHookAddress } from '../engine/address';
import { isPatched } from '../engine/patches';
import { RatchetError } from '../errors';
import { executeChild, startChild } from './children';
import { getHotMesh } from './current-mesh';
import { currentWorkflow, durableCall, durably } from './current-turn';
import { CancelledFailure, didInterrupt, isCancellation } from './errors';
import { entity } from './entity';
import { emit, passOnce } from './events';
import { execHook, execHookBatch, hook } from './hooks';
import { proxyActivities } from './proxy-activities';
import { enrich, search } from './search';
import { condition, signal } from './signals';
import { terminate } from './terminate';
import { trace } from './trace';
import { workflowInfo } from './workflow-info';

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

/**
 * A random (version 4) UUID, the same in every replay, and different in every workflow, hook and
 * generation.
 */
function uuid4(): string {
  const { turn } = currentWorkflow('uuid4');
  turn.counter += 16;
  const { work, jobId, counter, address } = turn;
  // Hooks and generations count anew.
  const thread = address === '' ? '' : `\n${address}`;
  const seed = `${work.namespace}\n${work.workflowId}\n${jobId}\n${counter}${thread}`;
  const bytes = createHash('sha256').update(seed).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Ends this generation and begins the next, under the same id, with these arguments and an empty
 * history. Never returns: what comes after it in the function does not run. What it left open goes;
 * hooks go on. `result()` is what the last generation returns.
 *
 * @example
 * if (events.length > 1_000) await Durable.workflow.continueAsNew(cursor);
 */
function continueAsNew(...args: unknown[]): Promise<never> {
  const { turn } = currentWorkflow('continueAsNew');
  if (isHookAddress(turn.address)) {
    throw new RatchetError('WF303', 'continueAsNew was called in a hook.', {
      hint: 'Only the main function of a job has generations; start another hook instead.',
    });
  }
  return durableCall('continueAsNew', {
    kind: 'continue',
    name: 'continue',
    input: toPayload(args, 'arguments'),
    convert: () => undefined as never,
  });
}

/**
 * Whether to take the new path of a change: true, and from then on true for this run, unless it
 * passed this place before the change was there. Takes no number.
 *
 * @example
 * if (await Durable.workflow.patched('send-receipt')) await sendReceipt(order);
 */
function patched(id: string): Promise<boolean> {
  return durably(() => {
    const { turn } = currentWorkflow('patched');
    return isPatched(turn, checkName(id, 'patch id'));
  });
}

/** Nothing: a change whose old path is gone from the code needs no question any more. */
function deprecatePatch(id: string): void {
  currentWorkflow('deprecatePatch');
  checkName(id, 'patch id');
}

const CancellationScope = {
  /** Runs `body` as if the workflow were not cancelled: for cleaning up. */
  nonCancellable<T>(body: () => Promise<T>): Promise<T> {
    const current = currentWorkflow('CancellationScope.nonCancellable');
    return durably(() => context.run({ ...current, isShielded: true }, body));
  },
};

/** Takes the next number: whether an earlier run passed it, the number, and what is recorded. */
function didRun(name: string): Promise<[boolean, number, unknown]> {
  return durably(() => {
    const { turn } = currentWorkflow('didRun');
    const position = turn.counter + 1;
    return passOnce(checkName(name, 'name')).then((isFirst) => {
      return [!isFirst, position, isFirst ? undefined : true];
    });
  });
}

/** Takes the next number: true in the run that passes it first, false in its replays. */
function isSideEffectAllowed(_client: unknown, name: string): Promise<boolean> {
  return passOnce(checkName(name, 'name'));
}

/** `Promise.all` over its arguments. */
function all<T extends unknown[]>(...promises: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  return durably(() => Promise.all(promises));
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
  hook,
  execHook,
  execHookBatch,
  continueAsNew,
  patched,
  deprecatePatch,
  terminate,
  interrupt: terminate,
  emit,
  trace,
  didRun,
  isSideEffectAllowed,
  getHotMesh,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  didInterrupt,
};
