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

async function limited(run: Promise<unknown>, milliseconds: number | undefined): Promise<unknown> {
  if (milliseconds === undefined) return run;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () =>
      reject(new DurableTimeoutError(`startToCloseTimeout of ${milliseconds} ms exceeded`));
    timer = setTimeout(late, Math.min(milliseconds, 2 ** 31 - 1));
  });
  try {
    return await Promise.race([run, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** One execution of an activity. Never rejects: a failure is an outcome. */
export async function runActivity(
  about: Omit<ActivityContext, 'kind' | 'arguments' | 'headers'>,
  input: string | null,
  options: ActivityOptions,
): Promise<Outcome> {
  try {
    const activity = registry.get(about.activityName);
    if (activity === undefined) {
      throw new DurableRetryError(`Activity '${about.activityName}' not found in registry`);
    }
    const args = (fromJson(input) ?? []) as never[];
    const headers = options.headers ?? {};
    const { activityName, workflowId, workflowTopic, namespace, taskQueue, attempt } = about;
    const store: ActivityContext = {
      kind: 'activity',
      activityName,
      arguments: args,
      headers,
      workflowId,
      workflowTopic,
      namespace,
      taskQueue,
      attempt,
    };
    const run = context.run(store, async () => activity(...args));
    const value = await limited(run, options.startToCloseTimeout);
    return { isFailed: false, code: null, value: toJson(value, `result of ${about.activityName}`) };
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
