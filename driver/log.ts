type Level = 'debug' | 'info' | 'warn' | 'error';
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

function isShown(level: Level): boolean {
  const wanted = LEVELS.indexOf(process.env['HMSH_LOGLEVEL'] ?? 'info');
  return LEVELS.indexOf(level) >= (wanted < 0 ? 1 : wanted);
}

/** One line of JSON on stderr, from HMSH_LOGLEVEL (debug, info, warn, error, silent) upwards. */
export function log(level: Level, message: string, error?: unknown): void {
  if (!isShown(level)) return;
  const reason = error instanceof Error ? error.message : error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const line = { level, message, reason, code, ts: new Date().toISOString() };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
