import { inspect } from 'node:util';
import { sanitizeText } from '../database/names';
import {
  CancelledFailure,
  DuplicateJobError,
  DurableFatalError,
  DurableMaxedError,
  DurableRetryError,
  DurableTimeoutError,
  GetStateError,
} from './errors';

/** An error as the engine stores it: text that fits a `text` column, and a numeric code only. */
export interface SerializedError {
  message: string;
  code?: number;
  stack?: string;
  name?: string;
  type?: string;
}

/** Whatever a user throws must fit; past these lengths, in characters, text is cut. */
const MAX_MESSAGE = 65_536;
const MAX_STACK = 32_768;
const MAX_NAME = 256;

function read(source: unknown, key: keyof SerializedError): unknown {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) {
    return undefined;
  }
  try {
    return (source as Record<string, unknown>)[key];
  } catch {
    return undefined; // a getter or a proxy that throws
  }
}

function readText(source: unknown, key: keyof SerializedError, max: number): string | undefined {
  const value = read(source, key);
  return typeof value === 'string' ? sanitizeText(value.slice(0, max)) : undefined;
}

/** What to say about a thrown value that has no message. */
function describe(thrown: unknown): string {
  if (typeof thrown === 'string') return sanitizeText(thrown.slice(0, MAX_MESSAGE));
  try {
    return sanitizeText(inspect(thrown, { depth: 2, breakLength: Infinity }).slice(0, MAX_MESSAGE));
  } catch {
    return 'a value that cannot be shown was thrown';
  }
}

/**
 * Total: any thrown value gives a message. A code that is not a whole number ('ECONNREFUSED', an
 * SQLSTATE) is left out: it is an ordinary error here.
 */
export function serializeError(thrown: unknown): SerializedError {
  const result: SerializedError = {
    message: readText(thrown, 'message', MAX_MESSAGE) ?? describe(thrown),
  };
  const code = read(thrown, 'code');
  if (Number.isSafeInteger(code)) result.code = code as number;
  const stack = readText(thrown, 'stack', MAX_STACK);
  if (stack !== undefined) result.stack = stack;
  const name = readText(thrown, 'name', MAX_NAME);
  if (name !== undefined) result.name = name;
  const type = readText(thrown, 'type', MAX_NAME);
  if (type !== undefined) result.type = type;
  return result;
}

const BY_CODE = new Map<unknown, new (message: string, stack?: string) => Error>([
  [596, DurableTimeoutError],
  [597, DurableMaxedError],
  [598, DurableFatalError],
  [599, DurableRetryError],
]);

function withoutStack(type: unknown, message: string): Error | undefined {
  if (type === 'DuplicateJobError') return new DuplicateJobError(message.replace(/^[^:]*: /, ''));
  if (type === 'GetStateError') return new GetStateError(message.replace(/ Not Found$/, ''));
  return undefined;
}

/** The error a stored one was: of its class where that is ours, else an Error with its `code`. */
export function deserializeError(stored: unknown): Error {
  const message =
    typeof stored === 'string' ? stored : (readText(stored, 'message', Infinity) ?? '');
  const stack = readText(stored, 'stack', Infinity);
  const code = read(stored, 'code');
  const type = read(stored, 'type');

  const Coded = BY_CODE.get(code);
  if (type === 'CancelledFailure') {
    const cancelled = new CancelledFailure(message, stack);
    return code === undefined ? cancelled : Object.assign(cancelled, { code });
  }
  if (Coded !== undefined) return new Coded(message, stack);
  const error = withoutStack(type, message) ?? new Error(message);
  if (stack) error.stack = stack;
  if (typeof code === 'number') Object.assign(error, { code });
  return error;
}
