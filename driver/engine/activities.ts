import { fromJson, toJson, toPayload } from '../database/json-door';
import type { StepTransaction } from '../database/step-transaction';
import { DurableRetryError, DurableTimeoutError } from '../durable/errors';
import { serializeError } from '../durable/serialized-error';
import { RatchetError } from '../errors';
import { log } from '../log';
import { activitySpan, type ActivitySite } from '../telemetry/spans';
import { telemetry } from '../telemetry/telemetry';
import type { TraceOptions } from '../telemetry/trace-context';
import { context, type ActivityContext } from './context';
import { activityInbound, chained } from './interceptors';

// The arguments are whatever the workflow gave; the proxies' types hold the two together.
export type ActivityFunction = (...args: never[]) => unknown;

/** What the engine stores with a scheduled activity; durations in milliseconds. */
export interface ActivityOptions extends TraceOptions {
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
  /** It was committed with the activity's own transaction: there is nothing to report. */
  isRecorded?: boolean;
}

const NO_OPTIONS: ActivityOptions = Object.freeze({});
const registry = new Map<string, ActivityFunction>();
/** Take the place of registered ones, whenever those are registered: see testing/. Last wins. */
const mocks = new Map<string, ActivityFunction[]>();

/** Functions whose first stored argument is not theirs, but says what call they run in. */
const callers = new WeakSet<ActivityFunction>();

/** Keeps the first stored argument from the function and from interceptors: it is their call's. */
export function knowsItsCall(activity: ActivityFunction): ActivityFunction {
  callers.add(activity);
  return activity;
}

/** Makes functions known to every worker of this process, by their own names. */
export function registerActivities(activities: object | ActivityFunction): void {
  if (typeof activities !== 'function' && (typeof activities !== 'object' || !activities)) {
    throw new RatchetError('WF104', 'activities are neither an object of functions nor one.', {
      detail: { option: 'activities' },
      hint: 'Give { charge, refund }, a module, or one function.',
    });
  }
  const entries: [string, unknown][] =
    typeof activities === 'function' ? [['', activities]] : Object.entries(activities);
  for (const [key, value] of entries) {
    if (typeof value !== 'function') continue;
    const activity = value as ActivityFunction;
    register(activity.name === '' || activity.name === 'default' ? key : activity.name, activity);
    if (key !== '' && key !== 'default') register(key, activity);
  }
}

/** Told of once: a workflow may register the same functions anew in each of its runs. */
const renewed = new Set<string>();

function register(name: string, activity: ActivityFunction): void {
  const known = registry.get(name);
  if (known !== undefined && known !== activity && !renewed.has(name)) {
    renewed.add(name);
    log('warn', `this process has two activities named ${name}; the newer one is run`);
  }
  registry.set(name, activity);
}

/**
 * Puts functions in the place of activities of the same names, until they are taken back; then
 * those that had the place before are back in it.
 */
export function mockActivities(given: Record<string, ActivityFunction>): () => void {
  for (const [name, mock] of Object.entries(given)) {
    mocks.set(name, [...(mocks.get(name) ?? []), mock]);
  }
  return () => {
    for (const [name, mock] of Object.entries(given)) {
      const left = (mocks.get(name) ?? []).filter((other) => other !== mock);
      if (left.length === 0) mocks.delete(name);
      else mocks.set(name, left);
    }
  };
}

function find(name: string): ActivityFunction | undefined {
  return (mocks.size === 0 ? undefined : mocks.get(name)?.at(-1)) ?? registry.get(name);
}

const PARSED_OPTIONS = 1_000;
const parsed = new Map<string, ActivityOptions>();

/** Many steps share few policies: each text is parsed once, until there are too many. */
export function parseOptions(options: string | null): ActivityOptions {
  if (options === null) return NO_OPTIONS;
  const known = parsed.get(options);
  if (known !== undefined) return known;
  if (parsed.size >= PARSED_OPTIONS) parsed.clear();
  const fresh = Object.freeze((fromJson(options) ?? {}) as ActivityOptions);
  parsed.set(options, fresh);
  return fresh;
}

export type Settled = (outcome: Outcome) => void;

/** Settles with a timeout if the function takes longer; its late outcome is then dropped. */
function limited(store: ActivityContext, settled: Settled, milliseconds: number): Settled {
  let isSettled = false;
  const once: Settled = (outcome) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    settled(outcome);
  };
  const late = new DurableTimeoutError(`startToCloseTimeout of ${milliseconds} ms exceeded`);
  const expire = () => {
    // It may never return: what it holds is given back now.
    store.transaction?.then((transaction) => transaction.end(true)).catch(() => undefined);
    once(failure(late));
  };
  const timer = setTimeout(expire, Math.min(milliseconds, 2 ** 31 - 1));
  return once;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Other thenables (queries that begin when awaited) may answer twice, or with one more. */
function promiseOf(value: PromiseLike<unknown>): Promise<unknown> {
  return value instanceof Promise ? value : Promise.resolve(value);
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
  site: ActivitySite,
): void {
  const { startToCloseTimeout } = options;
  const traced = telemetry();
  const span = traced && activitySpan(traced, store, site, options);
  const told = span === undefined ? onSettled : spanned(span, store, options, onSettled);
  const settled =
    startToCloseTimeout === undefined ? told : limited(store, told, startToCloseTimeout);
  let returned: unknown;
  try {
    const activity = find(store.activityName);
    if (activity === undefined) {
      throw new DurableRetryError(`Activity '${store.activityName}' not found in registry`);
    }
    store.arguments = (fromJson(input) ?? []) as unknown[];
    if (callers.has(activity)) store.call = store.arguments.shift();
    if (options.headers !== undefined) store.headers = options.headers;
    returned =
      span === undefined
        ? context.run(store, execute, store, activity)
        : span.run(() => context.run(store, execute, store, activity));
    if (isThenable(returned)) {
      promiseOf(returned).then(
        (value) => end(store, success(value, store.activityName), settled),
        (error: unknown) => end(store, failure(error), settled),
      );
      return;
    }
  } catch (error) {
    end(store, failure(error), settled);
    return;
  }
  end(store, success(returned, store.activityName), settled);
}

function end({ transaction }: ActivityContext, outcome: Outcome, settled: Settled): void {
  if (transaction === undefined) settled(outcome);
  else void endTransaction(transaction, outcome).then(settled);
}

/** Ends the span of an execution before its outcome is reported. */
function spanned(
  span: ReturnType<typeof activitySpan>,
  { attempt }: ActivityContext,
  options: ActivityOptions,
  onSettled: Settled,
): Settled {
  return (outcome) => {
    const { isFailed, code, value } = outcome;
    const hasMore = attempt <= (options.maximumAttempts ?? 3);
    span.end(isFailed, value, isFailed && hasMore && isRetriedLocally(options, code));
    onSettled(outcome);
  };
}

function execute({ activityName, arguments: args }: ActivityContext, activity: ActivityFunction) {
  if (activityInbound.length === 0) return activity(...(args as never[]));
  const run = () => activity(...(args as never[]));
  return chained(activityInbound, (each, next) => each.execute(activityName, args, next), run);
}

/** Commits what an activity wrote together with its result, or takes it back. Never rejects. */
async function endTransaction(
  opening: Promise<StepTransaction>,
  outcome: Outcome,
): Promise<Outcome> {
  try {
    const transaction = await opening;
    if (outcome.isFailed) await transaction.rollback();
    else await transaction.commit(outcome.value);
    return { ...outcome, isRecorded: !outcome.isFailed };
  } catch (error) {
    return failure(error);
  }
}

function success(value: unknown, name: string): Outcome {
  try {
    return { isFailed: false, code: null, value: toPayload(value, `result of ${name}`) };
  } catch (error) {
    return failure(error);
  }
}

/** What an execution that threw has come to. */
export function failure(error: unknown): Outcome {
  const stored = serializeError(error);
  return { isFailed: true, code: stored.code ?? null, value: toJson(stored, 'error') };
}

/** The rule of `ratchet_internal.is_retried`, for a step that was never scheduled. */
export function isRetriedLocally(options: ActivityOptions, code: number | null): boolean {
  return ![596, 597, 598].includes(code ?? 0) && (options.maximumAttempts ?? 3) >= 1;
}
