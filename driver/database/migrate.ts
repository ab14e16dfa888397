import type { ClientBase, ClientConfig, Pool } from 'pg';
import { RatchetError } from '../errors';
import { checkout, connected } from './checkout';
import { timed } from './time-limits';
import { migrationNames, migrationsFolder } from './sources';

export interface MigrateOptions {
  /** Where to install: one of the three. The role must be allowed to create schemas. */
  connectionString?: string | undefined;
  connection?: ClientConfig | undefined;
  pool?: Pool | undefined;
}

export interface MigrateResult {
  /** Names of the migrations that this call applied; empty when the database was current. */
  applied: string[];
  /** This role may not read what is installed: nothing is known, and nothing was done. */
  isUnreadable?: true;
}

/** Any number works, as long as every version of every installer uses this one. */
const INSTALLER_LOCK = '8243154170621853';

/** How long to wait for another installer, and then for each lock on a table in use. */
const INSTALLER_WAIT = '120s';
const TABLE_WAIT = '10s';
const INSTALLER_TIMEOUT_MS = 150_000;
/** A statement of a migration may change many rows. */
const MIGRATION_TIMEOUT_MS = 600_000;

const oldestServer = 150000;

/**
 * Brings the engine's schema in a database up to the version of this package. A database that
 * is current costs one query. Any number of callers may run it at once: one applies, the others
 * wait and find nothing to do. All migrations are one transaction: all or nothing.
 *
 * @example
 * await migrate({ connectionString: process.env.DATABASE_URL });
 *
 * @throws RatchetError WF603 on a standby or read-only server, WF604 before Postgres 15,
 *   WF601 when a newer version left the database in a state this one cannot continue from.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  if (options.pool) {
    const { client, release } = await checkout(options.pool);
    let isBroken = true;
    try {
      const result = await migrateOn(client);
      isBroken = false;
      return result;
    } finally {
      release(isBroken);
    }
  }
  const config = options.connection ?? { connectionString: options.connectionString };
  if (!options.connection && !options.connectionString) {
    throw new RatchetError('WF104', 'No database to install into.', {
      hint: 'Give migrate() a connectionString, a connection or a pool.',
    });
  }
  const client = await connected({ application_name: 'pgratchet migrate', ...config });
  try {
    return await migrateOn(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function migrateOn(client: ClientBase): Promise<MigrateResult> {
  const server = await inspectServer(client);
  if (server.isUnreadable) return { applied: [], isUnreadable: true };
  if (server.isCurrent) return { applied: [] };
  await client.query(timed('begin isolation level read committed'));
  try {
    await client.query(timed('set local statement_timeout = 0'));
    await client.query(timed(`set local lock_timeout = '${INSTALLER_WAIT}'`));
    const lock = `select pg_advisory_xact_lock(${INSTALLER_LOCK})`;
    await client.query(timed(lock, [], INSTALLER_TIMEOUT_MS));
    await client.query(timed(`set local lock_timeout = '${TABLE_WAIT}'`));
    const applied = await applyMissing(client);
    await client.query(timed('commit'));
    return { applied };
  } catch (error) {
    await client.query(timed('rollback')).catch(() => undefined);
    throw error;
  }
}

/** The cheap check: no lock, and a single query when the engine is there already. */
async function inspectServer(
  client: ClientBase,
): Promise<Record<'isCurrent' | 'isUnreadable', boolean>> {
  const state = `current_setting('server_version_num')::int as version,
    pg_catalog.pg_is_in_recovery() as is_standby,
    current_setting('transaction_read_only')::bool as is_read_only`;
  const names = `array(select name::text from ratchet_internal.migrations) as names`;
  type State = { version: number; is_standby: boolean; is_read_only: boolean; names?: string[] };
  let isUnreadable = false;
  const rows = await client
    .query<State>(timed(`select ${state}, ${names}`))
    .catch((error: unknown) => {
      const code = (error as { code?: string }).code;
      // No such table or schema: not installed. No permission: somebody else installs.
      if (code !== '42P01' && code !== '3F000' && code !== '42501') throw error;
      isUnreadable = code === '42501';
      return client.query<State>(timed(`select ${state}`));
    });
  const server = rows.rows[0];
  if (!server) throw new RatchetError('WF901', 'The server did not describe itself.');
  if (server.version < oldestServer) {
    throw new RatchetError('WF604', 'The Postgres server is too old.', {
      detail: { server_version: server.version, oldest_version: oldestServer },
      hint: 'Use Postgres 15 or newer.',
    });
  }
  if (server.is_standby || server.is_read_only) {
    throw new RatchetError('WF603', 'The engine cannot work on a read-only server.', {
      detail: { is_standby: server.is_standby, is_read_only: server.is_read_only },
      hint: 'Connect to the primary, without default_transaction_read_only.',
    });
  }
  const present = new Set(server.names ?? []);
  return { isCurrent: migrationNames().every((name) => present.has(name)), isUnreadable };
}

async function applyMissing(client: ClientBase): Promise<string[]> {
  const { runner } = await import('node-pg-migrate');
  const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const options = {
    dir: migrationsFolder,
    ignorePattern: '(?!\\d{4}_(pre|post)_\\w+\\.sql$).*',
    direction: 'up' as const,
    migrationsTable: 'migrations',
    migrationsSchema: 'ratchet_internal',
    createMigrationsSchema: true,
    singleTransaction: true,
    noLock: true,
    logger: silent,
  };
  try {
    const done = await runner({ ...options, dbClient: insideTransaction(client) });
    return done.map((migration) => migration.name);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!message.startsWith('Not run migration')) throw error;
    throw new RatchetError('WF601', 'The schema comes from another version of this package.', {
      detail: { reason: message },
      cause: error,
    });
  }
}

function quiet(): void {
  // What failed is in the error that migrate() throws.
}

/** The transaction is ours, so that the table of migrations is created in it as well. */
function insideTransaction(client: ClientBase): ClientBase {
  const query = (text: string, values?: unknown[]) =>
    /^(BEGIN|COMMIT|ROLLBACK);?$/.test(text)
      ? Promise.resolve({ rows: [] })
      : client.query(timed(text, values, MIGRATION_TIMEOUT_MS));
  return { query } as unknown as ClientBase;
}
