import { DurablePromise } from './durable-promise';
import {
  chained,
  inbound,
  outbound,
  type InterceptorContext,
  type WorkflowOutboundCallsInterceptorContext,
} from './interceptors';
import type { LiveTurn } from './live-turn';
import type { WorkflowFunction } from './run-workflow';
import { factsOf, rawOf, replayOf } from './workflow-facts';

/** Intercepted calls of a turn, as its function sees them and as they go on. */
const calls = new WeakMap<LiveTurn, Map<DurablePromise<unknown>, Promise<unknown>>>();

/** What interceptors are told of a workflow. */
function contextOf(turn: LiveTurn): InterceptorContext {
  const { connection } = turn.host;
  const told = { ...factsOf(turn), replay: replayOf(turn), connection, raw: rawOf(turn) };
  return new Map<string, unknown>(Object.entries(told));
}

/** Runs a workflow function within the inbound interceptors, if there are any. */
export function runIntercepted(turn: LiveTurn, run: WorkflowFunction, args: never[]): unknown {
  if (inbound.length + outbound.length === 0) return run(...args);
  const told = contextOf(turn);
  const start = () => run(...args);
  return chained(inbound, (interceptor, next) => interceptor.execute(told, next), start);
}

/** Makes an activity call within the outbound interceptors. */
export function callIntercepted(
  turn: LiveTurn,
  call: WorkflowOutboundCallsInterceptorContext,
  make: () => Promise<unknown>,
): Promise<unknown> {
  const told = contextOf(turn);
  const result = chained(
    outbound,
    (interceptor, next) => interceptor.execute(call, told, next),
    make,
  );
  const seen = new DurablePromise<unknown>((resolve, reject) => void result.then(resolve, reject));
  // As for a call without interceptors: nobody need await one that fails.
  seen.expectFailure();
  const open = calls.get(turn) ?? new Map<DurablePromise<unknown>, Promise<unknown>>();
  calls.set(turn, open.set(seen, result));
  void result.catch(() => undefined).then(() => open.delete(seen));
  return seen;
}

/**
 * Waits for the calls that were made and never awaited, those that they lead to included;
 * undefined where there are none.
 */
export function unawaited(turn: LiveTurn): Promise<void> | undefined {
  return turn.pending.size === 0 && !calls.has(turn) ? undefined : allAwaited(turn);
}

async function allAwaited(turn: LiveTurn): Promise<void> {
  await activitiesAnswered(turn);
  for (const [seen, result] of calls.get(turn) ?? []) {
    if (seen.isObserved) continue;
    await result.catch(() => undefined);
    await activitiesAnswered(turn);
  }
}

/** Resolves when no activity that was called and never awaited is left without an answer. */
async function activitiesAnswered(turn: LiveTurn): Promise<void> {
  const isOpen = () =>
    [...turn.pending.values()].some((c) => c.kind === 'activity' && !c.promise.isObserved);
  while (!turn.isOver && isOpen()) {
    await new Promise<void>((resolve) => {
      turn.onDelivered = resolve;
    });
  }
}
