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

/**
 * A fresh database with the engine installed. Called in a test, it is dropped with the test;
 * called in a hook or without `t`, when the run ends or by `drop()`.
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
  await onServer(server, `create database ${name} template ${source}`);
  await onServer(server, `alter database ${name} set plpgsql.extra_errors = 'all'`);
  const url = urlOf(server, name);
  const pool = new Pool({ connectionString: url, max: 20, allowExitOnIdle: true });
  // Tests cut connections on purpose; what fails is the query, not the process.
  pool.on('error', () => undefined);
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= dropDatabase(server, name, pool));
  const isHook = /^(before|after)(Each)?\b.*hook/.test(t?.title ?? 'before hook');
  if (t && !isHook) t.teardown(drop);
  return { url, pool, drop };
}

async function dropDatabase(server: string, name: string, pool: Pool): Promise<void> {
  const closed = pool.ended ? Promise.resolve() : pool.end();
  await onServer(server, `drop database if exists ${name} with (force)`);
  await closed.catch(() => undefined);
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
    await onServer(server.url, `create database ${prefix}_template template template0`);
    await migrate({ connectionString: urlOf(server.url, `${prefix}_template`) });
  } catch (error) {
    await stop();
    throw error;
  }
  return { cluster, environment: { [variable]: JSON.stringify(cluster) }, stop };
}

async function dropAll({ url, prefix }: Cluster): Promise<void> {
  const like = `select datname as name from pg_database where starts_with(datname, '${prefix}')`;
  for (const { name } of await onServer(url, like)) {
    await onServer(url, `drop database if exists ${name} with (force)`);
  }
}

async function onServer(url: string, sql: string): Promise<{ name: string }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ name: string }>(sql)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
