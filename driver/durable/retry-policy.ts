import { durationMs, type Duration } from '../duration';
import { checkNumbers, checkOptions, checkSwitches, type Limits } from '../options';

/** How often a failed activity or workflow is tried again, and after how long. */
export interface RetryPolicy {
  /** Retries after the first execution: n allows n + 1 executions. Default 3. */
  maximumAttempts?: number;
  /** What each delay is multiplied by. Default 10. */
  backoffCoefficient?: number;
  /** Delay to begin with. Default '1s'; the first retry waits this times the coefficient. */
  initialInterval?: Duration;
  /** No delay is longer. Default '120s'. */
  maximumInterval?: Duration;
  /** false: a call that gives up returns the error instead of throwing it. Default true. */
  throwOnError?: boolean;
}

/** A policy as the engine stores it; durations in milliseconds. */
export interface StoredPolicy {
  maximumAttempts?: number;
  backoffCoefficient?: number;
  initialInterval?: number;
  maximumInterval?: number;
}

const KNOWN = [
  ...['maximumAttempts', 'backoffCoefficient', 'initialInterval', 'maximumInterval'],
  'throwOnError',
];

const LIMITS: Record<string, Limits> = {
  maximumAttempts: [0, 1e9, 'whole'],
  backoffCoefficient: [0, 1e9],
};
const WHERE = 'a retry policy';

/** The policy with its durations in milliseconds; undefined fields are left out. */
export function storedPolicy(policy: RetryPolicy | undefined): StoredPolicy {
  if (policy === undefined) return {};
  checkOptions(policy, KNOWN, WHERE);
  checkSwitches(policy, ['throwOnError'], WHERE);
  checkNumbers(policy, LIMITS, WHERE);
  const { initialInterval, maximumInterval } = policy;
  const stored: Record<keyof StoredPolicy, number | undefined> = {
    maximumAttempts: policy.maximumAttempts,
    backoffCoefficient: policy.backoffCoefficient,
    initialInterval:
      initialInterval === undefined ? undefined : durationMs(initialInterval, 'initialInterval'),
    maximumInterval:
      maximumInterval === undefined ? undefined : durationMs(maximumInterval, 'maximumInterval'),
  };
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined));
}
