import { RatchetError } from './errors';

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
  throw new RatchetError(
    'WF104',
    `There is no log level ${JSON.stringify(level) ?? 'undefined'}.`,
    {
      detail: { option: 'logLevel' },
      hint: `Levels are ${LEVELS.join(', ')}.`,
    },
  );
}

/**
 * One line of JSON on stderr, from `threshold` upwards; without one, from HMSH_LOGLEVEL (debug,
 * info, warn, error, silent).
 */
export function log(level: Level, message: string, error?: unknown, threshold?: LogLevel): void {
  if (!isShown(level, threshold)) return;
  const reason = error instanceof Error ? error.message : error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const line = { level, message, reason, code, ts: new Date().toISOString() };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
