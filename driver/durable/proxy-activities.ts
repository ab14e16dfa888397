import { checkName } from '../database/names';
import { toJson } from '../database/json-door';
import { durationMs, type Duration } from '../duration';
import { registerActivities } from '../engine/activities';
import { currentWorkflow, durableCall } from './current-turn';
import { storedPolicy, type RetryPolicy } from './retry-policy';
import { activityValue } from './step-error';

export interface ProxyOptions {
  /** Queue whose workers run the activities. Default: the workflow's own. */
  taskQueue?: string;
  /** Functions to register in this process, so that its own worker can run them. */
  activities?: object;
  retry?: RetryPolicy;
  /** Older name of `retry`. */
  retryPolicy?: RetryPolicy;
  /** JSON data for the activity's context. */
  headers?: Record<string, unknown>;
  /** Older name of `headers`. */
  argumentMetadata?: Record<string, unknown>;
  /** Longest time of one execution; a longer one fails with DurableTimeoutError. */
  startToCloseTimeout?: Duration;
  /** Accepted and without effect. */
  expire?: number;
}

/** Each function of T as the workflow calls it: same arguments, a promise of the result. */
export type ActivityProxy<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** What every call of one proxy has in common, checked when the proxy is made. */
function settings(options: ProxyOptions) {
  const policy = options.retry ?? options.retryPolicy;
  const { taskQueue, startToCloseTimeout } = options;
  return {
    queue: taskQueue === undefined ? null : checkName(taskQueue, 'taskQueue'),
    isThrowing: policy?.throwOnError,
    stored: {
      ...storedPolicy(policy),
      ...(startToCloseTimeout === undefined
        ? {}
        : { startToCloseTimeout: durationMs(startToCloseTimeout, 'startToCloseTimeout') }),
    },
    headers: options.headers ?? options.argumentMetadata,
  };
}

function storedOptions(jobPolicy: string | null, { stored, headers }: ReturnType<typeof settings>) {
  const inherited = jobPolicy === null ? {} : (JSON.parse(jobPolicy) as object);
  const merged = { ...inherited, ...stored, ...(headers === undefined ? {} : { headers }) };
  return Object.keys(merged).length === 0 ? null : toJson(merged, 'headers');
}

/**
 * Activities as functions of the workflow. Any name can be called; the function need only be known
 * where the queue is served. May be called at module level or inside a workflow.
 *
 * @example
 * const { charge } = Durable.workflow.proxyActivities<typeof activities>({ taskQueue: 'billing' });
 * const receipt = await charge(order);
 */
export function proxyActivities<T extends object = Record<string, (...args: unknown[]) => unknown>>(
  options: ProxyOptions = {},
): ActivityProxy<T> {
  if (options.activities !== undefined) registerActivities(options.activities);
  const shared = settings(options);
  const ownOptions = storedOptions(null, shared);
  const call = (name: string, args: unknown[]) => {
    const { turn } = currentWorkflow(`Activity '${name}'`);
    const jobPolicy = turn.work.options;
    const isThrowing = shared.isThrowing ?? true;
    return durableCall(`Activity '${name}'`, {
      kind: 'activity',
      name,
      input: toJson(args, `arguments of ${name}`),
      queue: shared.queue ?? turn.work.queue,
      options: jobPolicy === null ? ownOptions : storedOptions(jobPolicy, shared),
      convert: (answer) => activityValue(answer, isThrowing),
    });
  };
  return new Proxy(
    {},
    {
      get(_target, property) {
        // A proxy that answered `then` would be taken for a promise.
        if (typeof property === 'symbol' || property === 'then') return undefined;
        const name = checkName(property, 'activity');
        return (...args: unknown[]) => call(name, args);
      },
    },
  ) as ActivityProxy<T>;
}
