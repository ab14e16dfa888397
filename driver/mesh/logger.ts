import { isShown, log } from '../log';
import { lineOf } from '../shown';

/** Where an instance writes what it has to say. */
export interface Logger {
  debug: (message: string, detail?: object) => void;
  info: (message: string, detail?: object) => void;
  warn: (message: string, detail?: object) => void;
  error: (message: string, detail?: object) => void;
}

interface Who {
  app: string;
  id: string;
  name: string | undefined;
}

/** The logger that an instance was given, else one of its own. */
export function loggerOf(given: Logger | undefined, who: Who, level: string | undefined): Logger {
  return given === undefined ? jsonLogger(who, level) : harmless(given);
}

/** What a user's logger throws changes nothing about what it was told of. */
function harmless(logger: Logger): Logger {
  const ignored = (error: unknown) => log('warn', 'the logger of an instance failed', error);
  const write =
    (level: keyof Logger) =>
    (...said: [message: string, detail?: object]) => {
      try {
        const written: unknown = logger[level](...said);
        Promise.resolve(written).catch(ignored);
      } catch (error) {
        ignored(error);
      }
    };
  return every(write);
}

function every(write: (level: keyof Logger) => Logger['info']): Logger {
  return {
    ...{ debug: write('debug'), info: write('info') },
    ...{ warn: write('warn'), error: write('error') },
  };
}

/** Lines of JSON on stderr, from the level (default HMSH_LOGLEVEL, else `info`) upwards. */
function jsonLogger({ app, id, name }: Who, logLevel: string | undefined): Logger {
  const who = { app, id, ...(name === undefined || name === '' ? {} : { name }) };
  const write = (level: keyof Logger) => (message: string, detail?: object) => {
    if (!isShown(level, logLevel)) return;
    const line = { level, message, ...who, ts: new Date().toISOString(), ...detail };
    process.stderr.write(`${lineOf(line)}\n`);
  };
  return every(write);
}
