import { log } from './log';

/** A number of the environment; undefined where there is none, or (with a warning) a bad one. */
export function environmentNumber(name: string, least: number, most: number): number | undefined {
  const text = process.env[name];
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  log('warn', `${name} is no number from ${least} to ${most}, and not used: ${text}`);
  return undefined;
}
