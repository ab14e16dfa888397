import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { Client, Pool } from 'pg';
import { migrate } from '../../driver/database/migrate';
import { startServer } from './server';

interface Cluster {
  /** The server's own database. */
  url: string;
  /** Every database of this run starts with it. */
  prefix: string;
}

export interface TestDatabase {
  url: string;
  /** Lets the test's process end even if nobody closes it. */
  pool: Pool;
  drop: () => Promise<void>;
}

/** How the runner tells the test files' processes which server to use. */
const variable = 'PGRATCHET_TEST_CLUSTER';

let cluster: Promise<Cluster> | undefined;
let administration: Pool | undefined;

/**
 * A fresh database with the engine installed. Called in a test, it is dropped with the test, which
 * fails if an invariant of the engine does not hold by then; called in a hook or without `t`, it
 * is dropped when the run ends or by `drop()`.
 */
export async function testDatabase(t?: ExecutionContext<unknown>): Promise<TestDatabase> {
  return createDatabase(t, 'template');
}

/** A fresh database with nothing in it, for tests of the installation. */
export async function emptyDatabase(t?: ExecutionContext<unknown>): Promise<TestDatabase> {
  return createDatabase(t, 'template0');
}

async function createDatabase(
  t: ExecutionContext<unknown> | undefined,
  template: 'template' | 'template0',
): Promise<TestDatabase> {
  cluster ??= joinCluster();
  const { url: server, prefix } = await cluster;
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  const source = template === 'template' ? `${prefix}_template` : template;
  const admin = administrator(server);
  await admin.query(`create database ${name} template ${source} strategy file_copy`);
  await admin.query(`alter database ${name} set plpgsql.extra_errors = 'all'`);
  const url = urlOf(server, name);
  const pool = new Pool({ connectionString: url, max: 20, allowExitOnIdle: true });
  // Tests cut connections on purpose; what fails is the query, not the process.
  pool.on('error', () => undefined);
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= dropDatabase(admin, name, pool));
  const isHook = /^(before|after)(Each)?\b.*hook/.test(t?.title ?? 'before hook');
  if (t && !isHook) {
    t.teardown(drop);
    // Teardowns run last to first.
    if (template === 'template') t.teardown(() => assertInvariants(pool));
  }
  return { url, pool, drop };
}

/** Throws what `check_invariants()` finds. */
export async function assertInvariants(pool: Pick<Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query('select * from ratchet.check_invariants()');
  if (rows.length > 0) throw new Error(`Broken invariants: ${JSON.stringify(rows, null, 2)}`);
}

async function dropDatabase(admin: Pool, name: string, pool: Pool): Promise<void> {
  const closed = pool.ended ? Promise.resolve() : pool.end();
  await admin.query(`drop database if exists ${name} with (force)`);
  await closed.catch(() => undefined);
}

/** Connections to the server's own database, of which a file's tests need one or two. */
function administrator(server: string): Pool {
  if (administration === undefined) {
    administration = new Pool({ connectionString: server, allowExitOnIdle: true });
    administration.on('error', () => undefined);
  }
  return administration;
}

async function joinCluster(): Promise<Cluster> {
  const given = process.env[variable];
  if (given) return JSON.parse(given) as Cluster;
  // A test file run by hand: the server ends with this process.
  return (await startCluster()).cluster;
}

/** A server with the template database; the environment tells it to the test files. */
export async function startCluster() {
  const server = await startServer();
  const prefix = `ratchet_test_${randomBytes(4).toString('hex')}`;
  const cluster: Cluster = { url: server.url, prefix };
  const stop = async () => {
    // A server of our own takes its databases along.
    if (process.env['DATABASE_URL']) await dropAll(cluster);
    await server.stop();
  };
  try {
    await query(server.url, `create database ${prefix}_template template template0`);
    await migrate({ connectionString: urlOf(server.url, `${prefix}_template`) });
  } catch (error) {
    await stop();
    throw error;
  }
  return { cluster, environment: { [variable]: JSON.stringify(cluster) }, stop };
}

async function dropAll({ url, prefix }: Cluster): Promise<void> {
  const like = `select datname as name from pg_database where starts_with(datname, '${prefix}')`;
  for (const { name } of await query<{ name: string }>(url, like)) {
    await query(url, `drop database if exists ${name} with (force)`);
  }
}

async function query<R extends object>(url: string, sql: string): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
