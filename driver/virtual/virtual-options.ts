import { checkName } from '../database/names';
import { hubFor, type ConnectionConfig } from '../durable/connection';
import type { StoredPolicy } from '../durable/retry-policy';
import { durationSeconds, type Duration } from '../duration';
import type { Hub } from '../engine/hub';
import { checkNumbers, checkOptions, type Limits } from '../options';

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

/** A place, checked: the database, and the namespace of the rows there. */
export function placeOf(given: VirtualPlace & { topic: string }): {
  hub: Hub;
  topic: string;
  app: string;
  namespace: string;
} {
  const connection = given.connection ?? given.connections;
  const app = checkName(given.namespace ?? 'hmsh', 'namespace');
  return {
    topic: checkName(given.topic, 'topic'),
    hub: hubFor(connection as ConnectionConfig),
    ...{ app, namespace: `virtual/${app}` },
  };
}

/** A policy as the engine stores it: it counts retries, and milliseconds. */
export function policyOf(given: VirtualRetry | undefined): Required<StoredPolicy> {
  const retry = given ?? DEFAULT_RETRY;
  checkOptions(retry, RETRY_NAMES, 'retry');
  const { maximumAttempts = 3, backoffCoefficient = 10, maximumInterval = '120s' } = retry;
  checkNumbers({ maximumAttempts, backoffCoefficient }, RETRY_LIMITS, 'retry');
  return {
    maximumAttempts: maximumAttempts - 1,
    ...{ backoffCoefficient, initialInterval: 1_000 },
    maximumInterval: durationSeconds(maximumInterval, 'maximumInterval') * 1_000,
  };
}
