import type { HubOptions } from '../engine/hub';
import { storedPolicy, type RetryPolicy, type StoredPolicy } from './retry-policy';
import { checkLogLevel } from '../log';
import { checkNumbers, checkOptions, checkSwitches, type Limits } from '../options';

const NUMBERS: Record<string, Limits> = {
  maxTurns: [1, 1e9],
  maxActivities: [1, 1e9],
  cacheSize: [0, 1e9],
  pollMs: [1, 2 ** 31 - 1],
  leaseSeconds: [1, 3_600],
};
const SWITCHES = ['notifications', 'install', 'warnNondeterminism'];
const RETRIES = ['maximumAttempts', 'backoffCoefficient', 'initialInterval', 'maximumInterval'];
const WHERE = 'options of a worker';
const KNOWN = [...Object.keys(NUMBERS), ...SWITCHES, 'logLevel', ...RETRIES];

/** The retry policy among the options of a worker; undefined where there is none. */
export function policyOf(options: RetryPolicy = {}): StoredPolicy | undefined {
  const given = Object.entries(options).filter(([option]) => RETRIES.includes(option));
  const policy = storedPolicy(Object.fromEntries(given));
  return Object.keys(policy).length === 0 ? undefined : policy;
}

/** Checks `options` of a worker. @throws RatchetError WF103, WF104 */
export function checkSettings(options: (HubOptions & RetryPolicy) | undefined): void {
  if (options === undefined) return;
  checkOptions(options, KNOWN, WHERE);
  checkNumbers(options, NUMBERS, WHERE);
  checkSwitches(options, SWITCHES, WHERE);
  policyOf(options);
  if (options.logLevel !== undefined) checkLogLevel(options.logLevel);
}
