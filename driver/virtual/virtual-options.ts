import { checkName } from '../database/names';
import { hubFor, isReadonly, type ConnectionConfig } from '../durable/connection';
import type { StoredPolicy } from '../durable/retry-policy';
import { durationSeconds, type Duration } from '../duration';
import type { Hub } from '../engine/hub';
import { checkLogLevel } from '../log';
import { checkNumbers, checkOptions, newerOf, refuseOption, type Limits } from '../options';

/** Where a call goes. */
export interface VirtualPlace {
  connection?: ConnectionConfig;
  /** Older name of `connection`. */
  connections?: ConnectionConfig;
  /** Calls of one namespace are unknown in another. Default 'hmsh'. */
  namespace?: string;
}

/** How often a failing callback is tried again. Times here are seconds, or text with a unit. */
export interface VirtualRetry {
  /** Executions in all, the first included. Default 3. */
  maximumAttempts?: number;
  /** The k-th retry comes after this to the power of k, in seconds. Default 10. */
  backoffCoefficient?: number;
  /** No delay is longer. Default 120 s. */
  maximumInterval?: Duration;
}

/** The policy of `connect` when none is given. */
const DEFAULT_RETRY: VirtualRetry = { backoffCoefficient: 2, maximumInterval: '30s' };
const RETRY_LIMITS: Record<string, Limits> = {
  maximumAttempts: [1, 99, 'whole'],
  backoffCoefficient: [0, 1e9],
};
const RETRY_NAMES = ['maximumAttempts', 'backoffCoefficient', 'maximumInterval'];
export const PLACE_NAMES = ['connection', 'connections', 'namespace', 'topic'];

/** What serving a topic takes besides its place. */
export interface ServeOptions {
  callback?: unknown;
  retry?: VirtualRetry;
  retryPolicy?: VirtualRetry;
  guid?: string;
  logLevel?: string;
}

/** A place, checked: the database, and the namespace of the rows there. */
export function placeOf(
  given: VirtualPlace & { topic: string },
  where: string,
): {
  hub: Hub;
  /** Nothing may be run there. */
  isReadonly: boolean;
  topic: string;
  app: string;
  namespace: string;
} {
  const connection = newerOf(given, 'connection', 'connections', where) as ConnectionConfig;
  const app = checkName(given.namespace ?? 'hmsh', 'namespace');
  const topic = checkName(given.topic, 'topic');
  const hub = hubFor(connection);
  return { topic, hub, isReadonly: isReadonly(connection), app, namespace: `virtual/${app}` };
}

/** The policy of what serves a topic; refuses what is wrong of the rest. */
export function checkServing(given: ServeOptions, where: string): Required<StoredPolicy> {
  const { callback, guid, logLevel } = given;
  if (callback !== undefined && typeof callback !== 'function') {
    refuseOption(where, 'callback', callback, 'Its callback is not a function: give one.');
  }
  if (guid !== undefined) checkName(guid, 'guid');
  if (logLevel !== undefined) checkLogLevel(logLevel);
  return policyOf(newerOf(given, 'retry', 'retryPolicy', where));
}

/** A policy as the engine stores it: it counts retries, and milliseconds. */
function policyOf(given: VirtualRetry | undefined): Required<StoredPolicy> {
  const retry = given === undefined ? DEFAULT_RETRY : given;
  checkOptions(retry, RETRY_NAMES, 'retry');
  const { maximumAttempts = 3, backoffCoefficient = 10, maximumInterval = '120s' } = retry;
  checkNumbers({ maximumAttempts, backoffCoefficient }, RETRY_LIMITS, 'retry');
  return {
    maximumAttempts: maximumAttempts - 1,
    ...{ backoffCoefficient, initialInterval: 1_000 },
    maximumInterval: durationSeconds(maximumInterval, 'maximumInterval') * 1_000,
  };
}
