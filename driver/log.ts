import { RatchetError } from './errors';
import { lineOf, shown } from './shown';

type Level = 'debug' | 'info' | 'warn' | 'error';
const LEVELS = ['silly', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** From which level on there are lines; `silly` is `debug`. */
export type LogLevel = (typeof LEVELS)[number];

/** Whether a line of a level is written. */
export function isShown(level: Level, threshold: string | undefined): boolean {
  const wanted = LEVELS.indexOf((threshold ?? process.env['HMSH_LOGLEVEL'] ?? 'info') as LogLevel);
  return LEVELS.indexOf(level) >= (wanted < 0 ? LEVELS.indexOf('info') : wanted);
}

/** @throws RatchetError WF104 */
export function checkLogLevel(level: unknown): void {
  if (LEVELS.includes(level as LogLevel)) return;
  throw new RatchetError('WF104', `There is no log level ${shown(level)}.`, {
    detail: { option: 'logLevel' },
    hint: `Levels are ${LEVELS.join(', ')}.`,
  });
}

/**
 * One line of JSON on stderr, from `threshold` upwards; without one, from HMSH_LOGLEVEL (debug,
 * info, warn, error, silent). Never throws, whatever the error is.
 */
export function log(level: Level, message: string, error?: unknown, threshold?: LogLevel): void {
  if (!isShown(level, threshold)) return;
  const line = { level, message, ...reasonOf(error), ts: new Date().toISOString() };
  process.stderr.write(`${lineOf(line)}\n`);
}

function reasonOf(error: unknown): { reason: unknown; code?: unknown } {
  try {
    const reason: unknown = error instanceof Error ? error.message : error;
    return { reason, code: (error as { code?: unknown } | null | undefined)?.code };
  } catch {
    return { reason: shown(error) }; // a getter that throws
  }
}
