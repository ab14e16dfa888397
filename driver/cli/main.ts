#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { migrate } from '../database/migrate';
import { packageVersion } from '../database/package';
import { expandSources } from '../database/sources';
import { RatchetError } from '../errors';

const usage = `pgratchet ${packageVersion}: durable workflows inside Postgres

  pgratchet migrate   install the engine into a database, or bring it up to date
  pgratchet sql       print the SQL that installs the engine, to run it by other means
  pgratchet version   print the version of this package
  pgratchet help      print this page

  --database-url URL  the database; else PGRATCHET_DATABASE_URL, else DATABASE_URL
`;

const options = {
  'database-url': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** What the errors of the engine, of Postgres and of the network have in common. */
interface Report {
  message: string;
  code?: string;
  detail?: unknown;
  hint?: string;
}

/** Wrong use of the command line, as opposed to a failure of what it was asked to do. */
class UsageError extends Error {}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const command = values.help ? 'help' : values.version ? 'version' : positionals[0];
  if (positionals.length > 1) throw new UsageError(`One command at a time: ${positionals[1]}?`);
  switch (command) {
    case 'migrate':
      return runMigrate(values['database-url']);
    case 'sql':
      return print(expandSources('script'));
    case 'version':
      return print(`${packageVersion}\n`);
    case 'help':
      return print(usage);
    case undefined:
      throw new UsageError('A command is missing.');
    default:
      throw new UsageError(`There is no command "${command}".`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function runMigrate(url: string | undefined): Promise<void> {
  const { PGRATCHET_DATABASE_URL, DATABASE_URL } = process.env;
  const connectionString = url ?? PGRATCHET_DATABASE_URL ?? DATABASE_URL;
  if (!connectionString) throw new UsageError('Which database? Give --database-url.');
  checkAddress(connectionString);
  const { applied, isUnreadable } = await migrate({ connectionString });
  if (isUnreadable) {
    throw new RatchetError('WF701', 'This role may not read what is installed.', {
      hint: 'Connect as the role that installed the engine: its tables belong to that one.',
    });
  }
  for (const name of applied) print(`applied ${name}\n`);
  print(applied.length > 0 ? 'The engine is installed.\n' : 'The engine is up to date.\n');
}

const ESCAPES = 'Write special characters as %23 for # and so on.';

/**
 * `pg` takes any text for a URL: of a name or of `host=…` it makes the host "base", and of
 * `host:5432/name` the database of that name on this machine; a # in a password ends the URL. Says
 * nothing of the text: it may hold a password.
 */
function checkAddress(text: string): void {
  if (/^(\w+:\/\/[^#]*$|socket:|\/)/.test(text)) return;
  throw new UsageError(
    `The database is named by a URL: postgres://user:password@host:5432/database\n${ESCAPES}`,
  );
}

function print(text: string): void {
  process.stdout.write(text);
}

function report(error: unknown): void {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  // A refused connection to several addresses is one error with an empty message around many.
  const causes = error instanceof AggregateError ? error.errors : [error];
  const { message, code, detail, hint } = (causes[0] ?? error) as Report;
  const lines = [`pgratchet: ${message}${code ? ` (${code})` : ''}`];
  if (detail) lines.push(`  ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`);
  if (hint) lines.push(`  ${hint}`);
  if (code === 'ERR_INVALID_URL') lines.push(`  ${ESCAPES}`);
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}

// Who reads the SQL may stop before its end, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exitCode = 1;
});
main(process.argv.slice(2)).catch(report);
