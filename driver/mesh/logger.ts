import { isShown } from '../log';

/** Where an instance writes what it has to say. */
export interface Logger {
  debug: (message: string, detail?: object) => void;
  info: (message: string, detail?: object) => void;
  warn: (message: string, detail?: object) => void;
  error: (message: string, detail?: object) => void;
}

/** Lines of JSON on stderr, from the level (default HMSH_LOGLEVEL, else `info`) upwards. */
export function jsonLogger(
  { app, id, name }: { app: string; id: string; name: string | undefined },
  logLevel: string | undefined,
): Logger {
  const who = { app, id, ...(name === undefined || name === '' ? {} : { name }) };
  const write = (level: keyof Logger) => (message: string, detail?: object) => {
    if (!isShown(level, logLevel)) return;
    const line = { level, message, ...who, ts: new Date().toISOString(), ...detail };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  return {
    ...{ debug: write('debug'), info: write('info') },
    ...{ warn: write('warn'), error: write('error') },
  };
}
