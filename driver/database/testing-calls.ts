import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connected } from './checkout';
import type { Database } from './database';
import { startEmbedded } from './embedded';
import { migrate } from './migrate';
import { packageRoot } from './package';

/** What replaces the clock, and moves it, in the order of installation. */
const CLOCK_FILES = ['clock.sql', 'now.sql', 'is_busy.sql', 'next_due.sql', 'skip.sql'];
const SKIP = 'select ratchet_testing.skip(to_timestamp($1::float8 / 1000))';
const IS_BUSY = 'select ratchet_testing.is_busy(ratchet_internal.now())';
const NOW = 'select (extract(epoch from ratchet_internal.now()) * 1000)::float8';
const NEXT_DUE = `select (extract(epoch from
  ratchet_testing.next_due(ratchet_internal.now())) * 1000)::float8`;
const WHY = `select s.job_key || ': ' || s.field || ' ' || s.why
    || coalesce(' (' || (ratchet_internal.readable(j.error) ->> 'message') || ')', '')
  from ratchet.open_steps s join ratchet.jobs j on j.id = s.job_id order by s.job_id, s.field`;
const BROKEN = 'select rule, job_id::text, detail from ratchet.check_invariants()';

async function run(connectionString: string, ...statements: string[]): Promise<void> {
  const client = await connected({ connectionString });
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function install(connectionString: string): Promise<void> {
  await migrate({ connectionString });
  const folder = join(packageRoot, 'sql', 'testing');
  await run(
    connectionString,
    ...CLOCK_FILES.map((file) => readFileSync(join(folder, file), 'utf8')),
  );
}

let embedded: Promise<{ server: string; template: string }> | undefined;

/** One server for this process, which ends with it, and a database to copy. */
async function embeddedTemplate(): Promise<{ server: string; template: string }> {
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const { connectionString: server } = await startEmbedded({ settings });
  const template = 'ratchet_test_template';
  await run(server, `create database ${template}`);
  await install(urlOf(server, template));
  return { server, template };
}

export interface ClockedDatabase {
  connectionString: string;
  drop: () => Promise<void>;
}

/** A new database with the engine and a movable clock; embedded where no server is given. */
export async function createClockedDatabase(given?: string): Promise<ClockedDatabase> {
  const name = `ratchet_test_${randomBytes(6).toString('hex')}`;
  if (given === undefined) {
    embedded ??= embeddedTemplate();
    const { server, template } = await embedded;
    await run(server, `create database ${name} template ${template}`);
    return clockedDatabase(server, name);
  }
  await run(given, `create database ${name}`);
  const made = clockedDatabase(given, name);
  await install(made.connectionString).catch(async (error: unknown) => {
    await made.drop();
    throw error;
  });
  return made;
}

function clockedDatabase(server: string, name: string): ClockedDatabase {
  const drop = () => run(server, `drop database if exists ${name} with (force)`);
  return { connectionString: urlOf(server, name), drop };
}

export type Skipped = 'busy' | 'skipped' | 'stuck';

/** Moves the clock to what is due next, at most to `untilMs`, unless there is something to do. */
export async function skipTime(database: Database, untilMs: number | null): Promise<Skipped> {
  const [row] = await database.rows<[Skipped]>(SKIP, [untilMs]);
  return row?.[0] ?? 'busy';
}

export async function isBusy(database: Database): Promise<boolean> {
  return (await database.rows<[string]>(IS_BUSY, []))[0]?.[0] === 't';
}

/** Milliseconds since 1970, by the engine's clock. */
export async function readClock(database: Database): Promise<number> {
  return Number((await database.rows<[string]>(NOW, []))[0]?.[0]);
}

/** When something becomes due next for a worker that is registered; Infinity for never. */
export async function readNextDue(database: Database): Promise<number> {
  const at = (await database.rows<[string | null]>(NEXT_DUE, []))[0]?.[0];
  return Number(at ?? Infinity);
}

/** What every running job waits for, a line each. */
export async function readWhy(database: Database): Promise<string[]> {
  return (await database.rows<[string]>(WHY, [])).map(([line]) => line);
}

/** The rules of the engine that do not hold. */
export async function readBroken(database: Database): Promise<string[]> {
  const rows = await database.rows<[string, string | null, string | null]>(BROKEN, []);
  return rows.map(([rule, jobId, detail]) => `${rule} (job ${jobId}: ${detail})`);
}
