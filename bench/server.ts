import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { Flags } from './flags';
import { METER_ROLE, METER_SQL, openMeter, type Meter } from './meter';
import { expandSources, startEmbedded } from './product';

/** Durable as a server should be; the rest keeps checkpoints out of runs of a few seconds. */
export const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  max_wal_size: '32GB',
  checkpoint_timeout: '1h',
  max_connections: '300',
};

/** Counts the statements that programs send; with --statements also those inside functions. */
const countStatements = (flags: Flags) => ({
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': flags.statements ? 'all' : 'top',
});

/** The channel on which the engine notifies. */
const CHANNELS = ['ratchet', 'ratchet_results', 'ratchet_broadcasts'];

/** What a database is made with: the engine, the limit, or what a peer brings itself. */
type Kind = 'ours' | 'limit' | 'peer';

export interface Server {
  version: string;
  /** What the server says of itself. */
  logFile: string;
  /** A database of its own for a program; made when first asked for. */
  database(kind: Kind, name?: string): Promise<Database>;
  stop(): Promise<void>;
}

export interface Database {
  url: string;
  /** The measurer's own connection. */
  client: Client;
  meter: Meter;
}

function installation(kind: Kind, flags: Flags): string[] {
  if (kind === 'peer') return [];
  if (kind === 'limit') {
    const files = ['limit.sql', 'one-at-a-time.sql'];
    return files.map((file) => readFileSync(join(__dirname, 'limit', file), 'utf8'));
  }
  const patch = flags.patch === undefined ? [] : [readFileSync(flags.patch, 'utf8')];
  return [expandSources('script'), ...patch];
}

export async function startServer(flags: Flags): Promise<Server> {
  const settings = { ...SETTINGS, ...countStatements(flags) };
  const postgres = await startEmbedded({ version: '18', settings });
  const admin = new Client({ connectionString: postgres.connectionString });
  await admin.connect();
  await admin.query(`create role ${METER_ROLE} superuser`);
  const known = new Map<string, Database>();
  const open = async (kind: Kind, name: string): Promise<Database> => {
    await admin.query(`create database bench_${name} template template0`);
    const url = postgres.connectionString.replace(/\/postgres$/, `/bench_${name}`);
    const client = new Client({ connectionString: url });
    await client.connect();
    for (const sql of [...installation(kind, flags), METER_SQL]) await client.query(sql);
    await client.query(`set role ${METER_ROLE}`);
    const channels = kind === 'ours' ? CHANNELS : undefined;
    const meter = await openMeter(client, () => postgres.pid, channels);
    return { url, client, meter };
  };
  const { rows } = await admin.query('show server_version');
  return {
    version: rows[0].server_version,
    logFile: join(dirname(postgres.dataDir), 'log'),
    async database(kind, name = kind) {
      const database = known.get(name) ?? (await open(kind, name));
      known.set(name, database);
      return database;
    },
    async stop() {
      for (const { client } of known.values()) await client.end();
      await admin.end();
      await postgres.stop();
    },
  };
}
