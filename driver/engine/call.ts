import { DurablePromise } from './durable-promise';

/** What a step was answered with. */
export interface Answer {
  isFailed: boolean;
  /** JSON text; null is undefined. */
  value: string | null;
}

/** Kinds of steps, as `jobs_attributes.kind` has them. */
export type CallKind =
  | 'activity'
  | 'sleep'
  | 'wait'
  | 'child'
  | 'start'
  | 'await'
  | 'signal'
  | 'hook'
  | 'terminate'
  | 'emit'
  | 'trace'
  | 'continue'
  | 'search'
  | 'entity';

/** A durable call as the workflow API makes it. */
export interface Call {
  kind: CallKind;
  name: string;
  input: string | null;
  queue: string | null;
  delay: number | null;
  options: string | null;
  /** Whether a cancelled workflow may not make it any more. */
  isCancellable: boolean;
  /** The value of the call, or what it throws. */
  convert: (answer: Answer) => unknown;
}

/** A call whose answer has not reached the function. */
export interface PendingCall {
  call: Call;
  kind: Call['kind'];
  name: string;
  /** The number by which its turn knows the step. */
  position: number;
  promise: DurablePromise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** A call as its turn keeps it, with the promise that the function gets. */
export function pendingCall(call: Call, position: number): PendingCall {
  const promise = new DurablePromise<unknown>(handOver);
  const { resolve, reject } = given;
  return { call, kind: call.kind, name: call.name, position, promise, resolve, reject };
}

/** What the promise that is being made has handed over: one function for all, not one a step. */
const given: Pick<PendingCall, 'resolve' | 'reject'> = { resolve: ignore, reject: ignore };

function handOver(resolve: PendingCall['resolve'], reject: PendingCall['reject']): void {
  given.resolve = resolve;
  given.reject = reject;
}

function ignore(): void {
  // A promise hands its own functions over before it is used.
}
