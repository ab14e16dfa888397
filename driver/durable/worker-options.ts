import type { HubOptions } from '../engine/hub';
import { storedPolicy, type RetryPolicy, type StoredPolicy } from './retry-policy';
import { RatchetError } from '../errors';
import { checkLogLevel } from '../log';
import { checkOptions } from '../options';

const NUMBERS: Record<string, [least: number, most: number]> = {
  maxTurns: [1, 1e9],
  maxActivities: [1, 1e9],
  cacheSize: [0, 1e9],
  pollMs: [1, 2 ** 31 - 1],
  leaseSeconds: [1, 3_600],
};
const SWITCHES = ['notifications', 'install', 'warnNondeterminism'];
const RETRIES = ['maximumAttempts', 'backoffCoefficient', 'initialInterval', 'maximumInterval'];
const KNOWN = [...Object.keys(NUMBERS), ...SWITCHES, 'logLevel', ...RETRIES];

function refuse(option: string, value: unknown, advice: string): never {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new RatchetError('WF104', `options.${option} is ${shown}.`, {
    detail: { option },
    hint: advice,
  });
}

/** The retry policy among the options of a worker; undefined where there is none. */
export function policyOf(options: RetryPolicy = {}): StoredPolicy | undefined {
  const given = Object.entries(options).filter(([option]) => RETRIES.includes(option));
  const policy = storedPolicy(Object.fromEntries(given));
  return Object.keys(policy).length === 0 ? undefined : policy;
}

/** Checks `options` of a worker. @throws RatchetError WF103, WF104 */
export function checkSettings(options: (HubOptions & RetryPolicy) | undefined): void {
  if (options === undefined) return;
  checkOptions(options, KNOWN, 'options of a worker');
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const [least, most] = NUMBERS[option] ?? [];
    if (least !== undefined && most !== undefined) {
      const isIn = typeof value === 'number' && value >= least && value <= most;
      if (!isIn) refuse(option, value, `Give a number from ${least} to ${most}.`);
    }
    if (SWITCHES.includes(option) && typeof value !== 'boolean') {
      refuse(option, value, 'Give true or false.');
    }
  }
  policyOf(options);
  if (options.logLevel !== undefined) checkLogLevel(options.logLevel);
}
