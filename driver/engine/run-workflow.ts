import { fromJson, toJson, toPayload } from '../database/json-door';
import { serializeError, type SerializedError } from '../durable/serialized-error';
import { RatchetError } from '../errors';
import { spanEnd, spanStart } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';
import { isHookAddress } from './address';
import type { PendingCall } from './call';
import { context } from './context';
import { runIntercepted, unawaited } from './interceptor-context';
import type { LiveTurn } from './live-turn';
import { RecordedRefusal } from './recorded-refusal';

// The arguments are whatever the job was started with.
export type WorkflowFunction = (...args: never[]) => unknown;

/** Ends the job with exactly this error, whatever its retry policy says. */
export class FinalFailure extends Error {
  constructor(readonly stored: SerializedError) {
    super(stored.message);
  }
}

const FINAL_CODES = new Set([596, 597, 598]);

/** Runs a workflow function from the top to its end, and reports how it ended. Never rejects. */
export async function runWorkflow(
  turn: LiveTurn,
  run: WorkflowFunction | undefined,
): Promise<void> {
  turn.start();
  const traced = telemetry();
  if (traced !== undefined) spanStart(traced, turn);
  try {
    if (run === undefined) throw new Error(`Workflow '${turn.work.workflow}' is not registered`);
    const args = argumentsOf(turn.work.input);
    const store = { kind: 'workflow', turn, isShielded: false } as const;
    const value = await context.run(store, runIntercepted, turn, run, args);
    const open = unawaited(turn);
    if (open !== undefined) await open;
    if (turn.isOver) return;
    if (isHookAddress(turn.address)) turn.report.thread = { input: null };
    else turn.report.end = { result: resultOf(turn, value), error: null };
  } catch (thrown) {
    if (turn.isOver) return;
    fail(turn, ofSomeClass(thrown));
  }
  turn.isOver = true;
  if (traced !== undefined) spanEnd(traced, turn);
  turn.host.report(turn);
}

/**
 * Ends this generation and begins the next with these arguments, once the activities that were
 * called and never awaited have their answers.
 */
export async function continueAsNew(turn: LiveTurn, pending: PendingCall): Promise<void> {
  const { position } = pending;
  const { input } = pending.call;
  await unawaited(turn);
  // A cancellation that came meanwhile has told the function that it goes on.
  if (turn.isOver || turn.pending.get(position) !== pending) return;
  turn.isOver = true;
  turn.report.thread = { input };
  turn.record({
    ...{ address: turn.address, position, kind: 'continue', name: 'continue', delivery: null },
    ...{ isFailed: false, input, value: turn.work.input },
  });
}

/** A proxy may refuse to say of which class it is, above all one that was revoked. */
function ofSomeClass(thrown: unknown): unknown {
  try {
    void (thrown instanceof Error);
    return thrown;
  } catch {
    return new Error(serializeError(thrown).message);
  }
}

/**
 * An ordinary error is followed by another run, as the job's policy says; a typed one ends the job,
 * and so does an operation whose refusal is recorded. A hook that is cancelled ends alone.
 */
function fail(turn: LiveTurn, thrown: unknown): void {
  if (thrown instanceof FinalFailure) {
    turn.report.end = { result: null, error: toJson(thrown.stored, 'error') };
    return;
  }
  const error = serializeError(thrown);
  const isCancelled = error.type === 'CancelledFailure';
  if (isCancelled && turn.isCancelled && isHookAddress(turn.address)) {
    turn.report.thread = { input: null }; // the job may be cleaning up
    return;
  }
  if (isCancelled || thrown instanceof RecordedRefusal || FINAL_CODES.has(error.code ?? 0)) {
    const code = FINAL_CODES.has(error.code ?? 0) ? error.code : 598;
    turn.report.end = { result: null, error: toJson({ ...error, code }, 'error') };
    return;
  }
  const [position, counter] = turn.errors?.get(Object(thrown) as object) ?? [null, null];
  turn.report.failure = {
    // What the job ends with once its retries are used up.
    error: toJson({ ...error, code: 597 }, 'error') ?? '{}',
    isBlocked: false,
    // A failure that was answered with calls stays: without it they would not fit.
    forgotten: counter === turn.counter ? position : null,
  };
}

/** Ends the job with an error that every run of the function would come to. */
function final(error: unknown): FinalFailure {
  return new FinalFailure({ ...serializeError(error), code: 598 });
}

/** Rows can be written by hand; what is no list of arguments will not become one. */
function argumentsOf(input: string | null): never[] {
  const args = fromJson(input) ?? [];
  if (Array.isArray(args)) return args as never[];
  throw final(new RatchetError('WF102', 'The arguments of the job are not a JSON array.'));
}

/** The result as it is stored. A codec (WF109) may fail once: its keys could be out of reach. */
function resultOf({ work }: LiveTurn, value: unknown): string | null {
  try {
    return toPayload(value, `result of ${work.workflow}`);
  } catch (error) {
    throw error instanceof RatchetError && error.code !== 'WF109' ? final(error) : error;
  }
}
