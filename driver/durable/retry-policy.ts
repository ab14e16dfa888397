import { durationMs, type Duration } from '../duration';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';

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

function refuse(option: string, value: unknown, advice: string): never {
  throw new RatchetError('WF104', `Invalid retry policy: ${option} is ${String(value)}.`, {
    detail: { option },
    hint: advice,
  });
}

function checkNumber(option: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= least) || value > 1e9) {
    refuse(option, value, `Give a number from ${least} to 1e9.`);
  }
  return value;
}

/** The policy with its durations in milliseconds; undefined fields are left out. */
export function storedPolicy(policy: RetryPolicy | undefined): StoredPolicy {
  if (policy === undefined) return {};
  checkOptions(policy, KNOWN, 'a retry policy');
  const { throwOnError } = policy;
  if (throwOnError !== undefined && typeof throwOnError !== 'boolean') {
    refuse('throwOnError', throwOnError, 'Give true or false.');
  }
  const attempts = checkNumber('maximumAttempts', policy.maximumAttempts, 0);
  if (attempts !== undefined && !Number.isInteger(attempts)) {
    refuse('maximumAttempts', attempts, 'Give a whole number.');
  }
  const { initialInterval, maximumInterval } = policy;
  const stored: Record<keyof StoredPolicy, number | undefined> = {
    maximumAttempts: attempts,
    backoffCoefficient: checkNumber('backoffCoefficient', policy.backoffCoefficient, 0),
    initialInterval:
      initialInterval === undefined ? undefined : durationMs(initialInterval, 'initialInterval'),
    maximumInterval:
      maximumInterval === undefined ? undefined : durationMs(maximumInterval, 'maximumInterval'),
  };
  return Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined));
}
