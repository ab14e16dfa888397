import { checkName } from '../database/names';
import { toJson, toPayload } from '../database/json-door';
import { checkObject } from './events';
import { durationMs, type Duration } from '../duration';
import { registerActivities } from '../engine/activities';
import type { Answer } from '../engine/call';
import { callIntercepted } from '../engine/interceptor-context';
import { outbound } from '../engine/interceptors';
import { checkOptions, newerOf } from '../options';
import { currentWorkflow, makeCall } from './current-turn';
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

const PROXY_OPTIONS = [
  ...['taskQueue', 'activities', 'retry', 'retryPolicy', 'headers', 'argumentMetadata'],
  ...['startToCloseTimeout', 'expire'],
];

/** What every call of one proxy has in common, checked when the proxy is made. */
function settings(options: ProxyOptions) {
  checkOptions(options, PROXY_OPTIONS, 'proxyActivities');
  const policy = newerOf(options, 'retry', 'retryPolicy', 'proxyActivities');
  const { taskQueue, startToCloseTimeout } = options;
  const headers = newerOf(options, 'headers', 'argumentMetadata', 'proxyActivities');
  if (headers !== undefined) checkObject(headers, 'headers', 'Give an object of JSON values.');
  toJson(headers, 'headers'); // refused here, and not by each call
  return {
    queue: taskQueue === undefined ? null : checkName(taskQueue, 'taskQueue'),
    isThrowing: policy?.throwOnError,
    stored: {
      ...storedPolicy(policy),
      ...(startToCloseTimeout === undefined
        ? {}
        : { startToCloseTimeout: durationMs(startToCloseTimeout, 'startToCloseTimeout') }),
    },
    headers,
  };
}

type Settings = ReturnType<typeof settings>;

interface JobPolicy {
  expire?: number;
  throwOnError?: boolean;
}

/** What a call is recorded with, and whether it throws. */
interface CallPolicy {
  options: string | null;
  convert: (answer: Answer) => unknown;
}

function callPolicy(jobPolicy: string | null, shared: Settings): CallPolicy {
  const { stored, headers } = shared;
  const given = jobPolicy === null ? {} : (JSON.parse(jobPolicy) as JobPolicy);
  const { throwOnError, ...inherited } = given;
  delete inherited.expire; // of the job alone
  const merged = { ...inherited, ...stored, ...(headers === undefined ? {} : { headers }) };
  const isThrowing = shared.isThrowing ?? throwOnError ?? true;
  return {
    options: Object.keys(merged).length === 0 ? null : toJson(merged, 'headers'),
    convert: (answer) => activityValue(answer, isThrowing),
  };
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
  const shared = settings(options);
  if (options.activities !== undefined) registerActivities(options.activities);
  const functions = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy(
    {},
    {
      get(_target, property) {
        // A proxy that answered `then` would be taken for a promise.
        if (typeof property === 'symbol' || property === 'then') return undefined;
        const known = functions.get(property) ?? activityCaller(property, shared, options);
        functions.set(property, known);
        return known;
      },
    },
  ) as ActivityProxy<T>;
}

/**
 * What the calls of one activity share is made once: a step is little more than its objects. With
 * `intercepted`, the options of the proxy, its calls go through the outbound interceptors.
 */
function activityCaller(property: string, shared: Settings, intercepted?: ProxyOptions) {
  const name = checkName(property, 'activity');
  const [what, inputOf] = [`Activity '${name}'`, `arguments of ${name}`];
  const own = callPolicy(null, shared);
  // Of the job that called last: most jobs of a workflow have the same policy.
  let last: { policy: string; call: CallPolicy } | undefined;
  const policyOf = (policy: string) => {
    if (last?.policy !== policy) last = { policy, call: callPolicy(policy, shared) };
    return last.call;
  };
  return (...args: unknown[]): Promise<unknown> => {
    const { turn, isShielded } = currentWorkflow(what);
    if (intercepted !== undefined && outbound.length > 0) {
      const call = { activityName: name, args, options: { ...intercepted } };
      const next = () => activityCaller(name, settings(call.options))(...call.args);
      return callIntercepted(turn, call, next);
    }
    const { work } = turn;
    const { options, convert } = work.options === null ? own : policyOf(work.options);
    return makeCall(turn, {
      kind: 'activity',
      name,
      input: toPayload(args, inputOf),
      queue: shared.queue ?? work.queue,
      delay: null,
      options,
      isCancellable: !isShielded,
      convert,
    });
  };
}
