import type { HubOptions } from '../engine/hub';
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

/** Checks `options` of a worker. @throws RatchetError WF104 */
export function checkSettings(options: HubOptions | undefined): void {
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
  if (options.logLevel !== undefined) checkLogLevel(options.logLevel);
}
