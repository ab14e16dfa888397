/**
 * The errors of the Durable API. `type` and `code` are what users compare and what the engine
 * stores, so both are written out: the name of a class does not survive a bundler.
 */
export abstract class DurableError extends Error {
  readonly type: string;
  readonly code: number;

  protected constructor(type: string, code: number, message: string, stack?: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: type, configurable: true, writable: true });
    this.type = type;
    this.code = code;
    if (stack) this.stack = stack;
  }
}

/** What every public class below is: `new DurableFatalError('stop')`. */
function coded(type: string, code: number) {
  return class extends DurableError {
    constructor(message = '', stack?: string) {
      super(type, code, message, stack);
    }
  };
}

/** 588: suspended in a sleep. Control flow. */
export class DurableSleepError extends coded('DurableSleepError', 588) {}
/** 589: suspended in several durable calls. Control flow. */
export class DurableWaitForAllError extends coded('DurableWaitForAllError', 589) {}
/** 590: suspended in a child. Control flow. */
export class DurableChildError extends coded('DurableChildError', 590) {}
/** 591: suspended in an activity. Control flow. */
export class DurableProxyError extends coded('DurableProxyError', 591) {}
/** 592: this generation ends and the next begins. Control flow. */
export class DurableContinueAsNewError extends coded('DurableContinueAsNewError', 592) {}
/** 595: suspended in a wait for a signal. Control flow. */
export class DurableWaitForError extends coded('DurableWaitForError', 595) {}
/** 596: an activity or child took longer than it may. Not retried. */
export class DurableTimeoutError extends coded('DurableTimeoutError', 596) {}
/** 597: the attempts are used up. Not retried. */
export class DurableMaxedError extends coded('DurableMaxedError', 597) {}
/** 598: do not retry; also what a workflow catches when an activity has failed for good. */
export class DurableFatalError extends coded('DurableFatalError', 598) {}
/** 599: an ordinary failure, retried by policy. */
export class DurableRetryError extends coded('DurableRetryError', 599) {}

/** Thrown by the next durable call of a workflow that `handle.cancel()` was called on. */
export class CancelledFailure extends Error {
  readonly type: string = 'CancelledFailure';
  override name = 'CancelledFailure';

  constructor(message = 'Workflow cancelled', stack?: string) {
    super(message);
    if (stack) this.stack = stack;
  }
}

/** A workflow with this id exists, running or finished. */
export class DuplicateJobError extends Error {
  readonly type: string = 'DuplicateJobError';
  override name = 'DuplicateJobError';

  constructor(readonly jobId: string) {
    super(`Duplicate job: ${jobId}`);
  }
}

/** No workflow has this id. */
export class GetStateError extends Error {
  readonly type: string = 'GetStateError';
  readonly code: number = 404;
  override name = 'GetStateError';

  constructor(readonly jobId: string) {
    super(`${jobId} Not Found`);
  }
}

const INTERRUPTS = new Set([
  ...['DurableSleepError', 'DurableWaitForAllError', 'DurableChildError', 'DurableProxyError'],
  ...['DurableContinueAsNewError', 'DurableWaitForError', 'DurableTimeoutError'],
  ...['DurableMaxedError', 'DurableFatalError', 'DurableRetryError', 'CancelledFailure'],
]);

/** By `type`, not by class: two copies of this package may meet in one process. */
function typeOf(error: unknown): unknown {
  try {
    return error instanceof Error ? (error as { type?: unknown }).type : undefined;
  } catch {
    return undefined; // a hostile proxy
  }
}

/**
 * True for every Durable* error and for CancelledFailure: a failed activity included, so that
 * `catch (e) { if (didInterrupt(e)) throw e; … }` leaves the failure of the workflow as it was.
 */
export function didInterrupt(error: unknown): boolean {
  const type = typeOf(error);
  return typeof type === 'string' && INTERRUPTS.has(type);
}

/** True for the failure that a cancelled workflow's durable calls throw. */
export function isCancellation(error: unknown): boolean {
  return typeOf(error) === 'CancelledFailure';
}

// The names of older APIs, each the same class.
export {
  DurableChildError as MemFlowChildError,
  DurableFatalError as MemFlowFatalError,
  DurableMaxedError as MemFlowMaxedError,
  DurableProxyError as MemFlowProxyError,
  DurableRetryError as MemFlowRetryError,
  DurableSleepError as MemFlowSleepError,
  DurableTimeoutError as MemFlowTimeoutError,
  DurableWaitForAllError as MemFlowWaitForAllError,
  DurableWaitForError as MemFlowWaitForError,
  DurableChildError as MeshFlowChildError,
  DurableFatalError as MeshFlowFatalError,
  DurableMaxedError as MeshFlowMaxedError,
  DurableProxyError as MeshFlowProxyError,
  DurableRetryError as MeshFlowRetryError,
  DurableSleepError as MeshFlowSleepError,
  DurableTimeoutError as MeshFlowTimeoutError,
  DurableWaitForAllError as MeshFlowWaitForAllError,
  DurableWaitForError as MeshFlowWaitForError,
};
