import { fromJson } from '../database/json-door';
import { DurablePromise } from './durable-promise';
import {
  chained,
  inbound,
  outbound,
  type InterceptorContext,
  type WorkflowOutboundCallsInterceptorContext,
} from './interceptors';
import type { LiveTurn } from './live-turn';

/** The names under which recorded steps are known to interceptors. */
const KINDS: Record<string, string> = { activity: 'proxy', await: 'child' };

/** Where a turn runs, for interceptors that open connections of their own. */
const connections = new WeakMap<LiveTurn, unknown>();

/** Intercepted calls of a turn, as its function sees them and as they go on. */
const calls = new WeakMap<LiveTurn, Map<DurablePromise<unknown>, Promise<unknown>>>();

function recorded(turn: LiveTurn): Record<string, unknown> {
  const steps = [...turn.history.recorded()].filter((step) => step.isDone);
  const entries = steps.map(({ kind, position, value }) => [
    `-${KINDS[kind] ?? kind}-${position}-`,
    fromJson(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** What interceptors are told of a workflow. */
function contextOf(turn: LiveTurn): InterceptorContext {
  const { jobId, work } = turn;
  const { workflowId, workflow, queue, namespace, attempt, options, value } = work;
  const told = (options === null ? {} : JSON.parse(options)) as Record<string, unknown>;
  const most = told['maximumAttempts'] ?? 3;
  return new Map<string, unknown>([
    ['workflowId', workflowId],
    ['workflowName', workflow],
    ['workflowTopic', `${queue}-${workflow}`],
    ['taskQueue', queue],
    ['namespace', namespace],
    ['canRetry', attempt < Number(most)],
    ['replay', recorded(turn)],
    ['expire', told['expire']],
    ['counter', turn.counter],
    ['originJobId', value],
    ['workflowTrace', told['workflowTrace']],
    ['workflowSpan', told['workflowSpan']],
    ['connection', connections.get(turn)],
    ['raw', { data: { workflowId, workflow, arguments: fromJson(work.input) }, jobId, attempt }],
  ]);
}

/** Runs a workflow function within the inbound interceptors, if there are any. */
export function runIntercepted(
  turn: LiveTurn,
  connection: unknown,
  run: () => unknown,
): Promise<unknown> {
  if (inbound.length + outbound.length === 0) return (async () => run())();
  connections.set(turn, connection);
  const told = contextOf(turn);
  return chained(inbound, (interceptor, next) => interceptor.execute(told, next), run);
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

/** Waits for the calls that were made and never awaited, those that they lead to included. */
export async function unawaited(turn: LiveTurn): Promise<void> {
  await turn.unawaited();
  for (const [seen, result] of calls.get(turn) ?? []) {
    if (seen.isObserved) continue;
    await result.catch(() => undefined);
    await turn.unawaited();
  }
}
