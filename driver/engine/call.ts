import { DurablePromise } from './durable-promise';

/** What a step was answered with. */
export interface Answer {
  isFailed: boolean;
  /** JSON text; null is undefined. */
  value: string | null;
}

/** A durable call as the workflow API makes it. */
export interface Call {
  kind:
    'activity' | 'sleep' | 'wait' | 'child' | 'start' | 'await' | 'signal' | 'search' | 'entity';
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
  let resolve: PendingCall['resolve'] = ignore;
  let reject: PendingCall['reject'] = ignore;
  const promise = new DurablePromise<unknown>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { call, kind: call.kind, name: call.name, position, promise, resolve, reject };
}

function ignore(): void {
  // A promise hands its own functions over before it is used.
}
