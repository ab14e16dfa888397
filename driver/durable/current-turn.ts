import { fromPlainJson } from '../database/json-door';
import { context, type WorkflowContext } from '../engine/context';
import type { Answer, Call } from '../engine/call';
import { DurablePromise } from '../engine/durable-promise';
import type { LiveTurn } from '../engine/live-turn';
import { RecordedRefusal } from '../engine/recorded-refusal';
import { RatchetError } from '../errors';
import { log } from '../log';
import { tracedCall } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';

/** The workflow function that is running. Throws outside of one. */
export function currentWorkflow(what: string): WorkflowContext {
  const current = context.getStore();
  if (current?.kind === 'workflow') return current;
  const where = current === undefined ? 'outside of a workflow' : 'inside an activity';
  throw new RatchetError('WF303', `${what} was called ${where}.`, {
    hint: 'Call it in a workflow function that a worker runs; in an activity, return instead.',
  });
}

type CallOptions = Pick<Call, 'kind' | 'name' | 'convert'> & Partial<Call>;

/** Makes a durable call of the workflow that is running. */
export function durableCall<T>(what: string, options: CallOptions): Promise<T> {
  const { turn, isShielded } = currentWorkflow(what);
  return makeCall(turn, callOf(options, isShielded)) as DurablePromise<T>;
}

/** Makes a durable call of this turn. */
export function makeCall(turn: LiveTurn, call: Call): DurablePromise<unknown> {
  const traced = telemetry();
  return turn.call(traced?.isDebug === true ? tracedCall(traced, turn, call) : call);
}

function callOf(options: CallOptions, isShielded: boolean): Call {
  return {
    kind: options.kind,
    name: options.name,
    input: options.input ?? null,
    queue: options.queue ?? null,
    delay: options.delay ?? null,
    options: options.options ?? null,
    isCancellable: !isShielded && (options.isCancellable ?? true),
    convert: options.convert,
  };
}

/**
 * The promise of what goes on from durable calls: like that of a single call, nobody need await it.
 * What `make` throws rejects it. That is in no history, so the log tells of it where nobody looks.
 */
export function durably<T>(make: () => Promise<T> | T): Promise<T> {
  let made: Promise<T>;
  try {
    const value = make();
    if (value instanceof DurablePromise) return value;
    made = Promise.resolve(value);
  } catch (error) {
    made = new Promise(() => {
      throw error;
    });
    setImmediate(() => tellRefused(promise, error));
  }
  const promise = new DurablePromise<T>((resolve, reject) => void made.then(resolve, reject));
  promise.expectFailure();
  return promise;
}

function tellRefused(promise: DurablePromise<unknown>, error: unknown): void {
  if (promise.isObserved) return;
  log('warn', 'a call that nobody awaits was refused, and is not made', error);
}

/** An object of a workflow that takes one number and counts its operations itself. */
export interface NumberedObject {
  turn: LiveTurn;
  position: number;
  operations: number;
}

/** Takes the next number of the workflow that is running, for an object with operations. */
export function numberedObject(what: string): NumberedObject {
  const { turn } = currentWorkflow(what);
  return { turn, position: (turn.counter += 1), operations: 0 };
}

/** Carries out an operation on the data of the job, once, in the order of the calls. */
export function durableOperation<T>(
  object: NumberedObject,
  kind: 'search' | 'entity',
  name: string,
  input: string | null,
): Promise<T> {
  const what = `${kind}.${name}`;
  if (currentWorkflow(what).turn !== object.turn) {
    throw new RatchetError('WF303', `${what} was called in another workflow.`, {
      hint: 'Each run of a function takes its own object, and uses it before it returns.',
    });
  }
  const call = callOf({ kind, name: what, input, convert: operationValue }, true);
  return object.turn.operate(call, object.position, (object.operations += 1)) as DurablePromise<T>;
}

/** Data passes through no codec: SQL reads it. */
function operationValue({ isFailed, value }: Answer): unknown {
  if (!isFailed) return fromPlainJson(value);
  const { code, message, detail } = fromPlainJson(value) as StoredProblem;
  throw new RecordedRefusal(code, `${detail.operation}: ${message}`, { detail });
}

interface StoredProblem {
  code: string;
  message: string;
  detail: { operation: string };
}
