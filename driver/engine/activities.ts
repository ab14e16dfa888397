import { fromJson, toJson } from '../database/json-door';
import { DurableRetryError, DurableTimeoutError } from '../durable/errors';
import { serializeError } from '../durable/serialized-error';
import { context, type ActivityContext } from './context';

// The arguments are whatever the workflow gave; the proxies' types hold the two together.
export type ActivityFunction = (...args: never[]) => unknown;

/** What the engine stores with a scheduled activity; durations in milliseconds. */
export interface ActivityOptions {
  maximumAttempts?: number;
  initialInterval?: number;
  backoffCoefficient?: number;
  maximumInterval?: number;
  startToCloseTimeout?: number;
  headers?: Record<string, unknown>;
}

export interface Outcome {
  isFailed: boolean;
  /** Numeric code of the error. */
  code: number | null;
  value: string | null;
}

const NO_OPTIONS: ActivityOptions = Object.freeze({});
const registry = new Map<string, ActivityFunction>();

/** Makes functions known to every worker of this process, by their own names. */
export function registerActivities(activities: object | ActivityFunction): void {
  const entries: [string, unknown][] =
    typeof activities === 'function' ? [['', activities]] : Object.entries(activities);
  for (const [key, value] of entries) {
    if (typeof value !== 'function') continue;
    const activity = value as ActivityFunction;
    registry.set(
      activity.name === '' || activity.name === 'default' ? key : activity.name,
      activity,
    );
    if (key !== '' && key !== 'default') registry.set(key, activity);
  }
}

export function parseOptions(options: string | null): ActivityOptions {
  return options === null ? NO_OPTIONS : (fromJson(options) ?? {});
}

export type Settled = (outcome: Outcome) => void;

/** Settles with a timeout if the function takes longer; its late outcome is then dropped. */
function limited(settled: Settled, milliseconds: number): Settled {
  let isSettled = false;
  const once: Settled = (outcome) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    settled(outcome);
  };
  const late = new DurableTimeoutError(`startToCloseTimeout of ${milliseconds} ms exceeded`);
  const timer = setTimeout(() => once(failure(late)), Math.min(milliseconds, 2 ** 31 - 1));
  return once;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * One execution of an activity. Never throws, and settles once: a failure is an outcome. With a
 * callback, because a promise more is felt when a step is little more than its promises.
 */
export function runActivity(
  store: ActivityContext,
  input: string | null,
  options: ActivityOptions,
  onSettled: Settled,
): void {
  const { startToCloseTimeout } = options;
  const settled =
    startToCloseTimeout === undefined ? onSettled : limited(onSettled, startToCloseTimeout);
  const succeed = (value: unknown) => settled(success(value, store.activityName));
  const fail = (error: unknown) => settled(failure(error));
  let returned: unknown;
  try {
    const activity = registry.get(store.activityName);
    if (activity === undefined) {
      throw new DurableRetryError(`Activity '${store.activityName}' not found in registry`);
    }
    store.arguments = (fromJson(input) ?? []) as unknown[];
    store.headers = options.headers ?? {};
    returned = context.run(store, () => activity(...(store.arguments as never[])));
    if (isThenable(returned)) {
      returned.then(succeed, fail);
      return;
    }
  } catch (error) {
    fail(error);
    return;
  }
  succeed(returned);
}

function success(value: unknown, name: string): Outcome {
  try {
    return { isFailed: false, code: null, value: toJson(value, `result of ${name}`) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Outcome {
  const stored = serializeError(error);
  return { isFailed: true, code: stored.code ?? null, value: toJson(stored, 'error') };
}

/** The rule of `ratchet_internal.is_retried`, for a step that was never scheduled. */
export function isRetriedLocally(options: ActivityOptions, code: number | null): boolean {
  return ![596, 597, 598].includes(code ?? 0) && (options.maximumAttempts ?? 3) >= 1;
}
