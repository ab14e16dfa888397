import { checkName } from '../database/names';
import { hubFor, type ConnectionConfig } from '../durable/connection';
import type { StoredPolicy } from '../durable/retry-policy';
import { durationMs, type Duration } from '../duration';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';

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

export function secondsOf(duration: Duration, option: string): number {
  return durationMs(typeof duration === 'number' ? duration * 1_000 : duration, option) / 1_000;
}

/** A policy as the engine stores it: it counts retries, and milliseconds. */
export function policyOf(given: VirtualRetry | undefined): Required<StoredPolicy> {
  const retry = given ?? DEFAULT_RETRY;
  checkOptions(retry, RETRY_NAMES, 'retry');
  const { maximumAttempts = 3, backoffCoefficient = 10, maximumInterval = '120s' } = retry;
  if (!Number.isInteger(maximumAttempts) || maximumAttempts < 1 || maximumAttempts > 99) {
    throw new RatchetError('WF104', `maximumAttempts is ${String(maximumAttempts)}.`, {
      hint: 'Give a whole number of executions from 1 to 99.',
    });
  }
  if (!(typeof backoffCoefficient === 'number' && backoffCoefficient >= 0)) {
    throw new RatchetError('WF104', `backoffCoefficient is ${String(backoffCoefficient)}.`, {
      hint: 'Give a number that is not negative.',
    });
  }
  return {
    maximumAttempts: maximumAttempts - 1,
    ...{ backoffCoefficient, initialInterval: 1_000 },
    maximumInterval: secondsOf(maximumInterval, 'maximumInterval') * 1_000,
  };
}
