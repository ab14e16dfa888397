import { RatchetError } from './errors';

/** A number, or text such as `'5 seconds'`, `'1.5h'`, `'30 days'`; without a unit, milliseconds. */
export type Duration = string | number;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, ['', 'ms', 'msec', 'msecs', 'millisecond', 'milliseconds']],
      [SECOND, ['s', 'sec', 'secs', 'second', 'seconds']],
      [MINUTE, ['m', 'min', 'mins', 'minute', 'minutes']],
      [HOUR, ['h', 'hr', 'hrs', 'hour', 'hours']],
      [DAY, ['d', 'day', 'days']],
      [7 * DAY, ['w', 'week', 'weeks']],
      [365.25 * DAY, ['y', 'yr', 'yrs', 'year', 'years']],
    ] as const
  ).flatMap(([length, names]) => names.map((name): [string, number] => [name, length])),
);

/** About 285,000 years: beyond it a count of milliseconds is no longer exact. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER;

const EXAMPLES = "'500ms', '5 seconds', '2 minutes', '1.5h', '30 days', '1w', '1y'";

function refuse(value: unknown, what: string, problem: string): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : String(value);
  throw new RatchetError('WF103', `Invalid ${what} ${shown}: ${problem}`, {
    detail: { what, value: shown },
    hint: `Write a number, or text such as ${EXAMPLES}.`,
  });
}

function bounded(ms: number, value: unknown, what: string): number {
  if (Number.isNaN(ms)) refuse(value, what, 'it is not a number');
  if (ms < 0) refuse(value, what, 'it is negative');
  if (ms > LONGEST_MS) refuse(value, what, 'it is longer than 285,000 years');
  return ms + 0; // never -0
}

function parse(text: string, what: string): number {
  const match = /^(-?)(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(text.trim());
  const problem = `it is none of the forms ${EXAMPLES}`;
  if (match === null) return refuse(text, what, problem);
  const [, sign, digits, unit] = match;
  const length = UNITS.get((unit ?? '').toLowerCase());
  if (length === undefined) return refuse(text, what, `"${unit ?? ''}" is no unit; ${problem}`);
  if (sign === '-') return refuse(text, what, 'it is negative');
  return Number(digits) * length;
}

/**
 * A duration in whole milliseconds, rounded. A bare number is milliseconds.
 *
 * @param what the name of the option, for the message
 * @throws RatchetError WF103
 */
export function durationMs(value: Duration, what = 'duration'): number {
  if (typeof value === 'number') return Math.round(bounded(value, value, what));
  if (typeof value === 'string') return Math.round(bounded(parse(value, what), value, what));
  return refuse(typeof value, what, 'it is neither a number nor text');
}

/**
 * A duration in seconds, exact to the millisecond. A bare number is *seconds* (as in `expire`);
 * text means what it means everywhere, so `'90'` is 90 milliseconds.
 *
 * @param what the name of the option, for the message
 * @throws RatchetError WF103
 */
export function durationSeconds(value: Duration, what = 'duration'): number {
  if (typeof value !== 'number') return durationMs(value, what) / SECOND;
  return Math.round(bounded(value * SECOND, value, what)) / SECOND;
}
