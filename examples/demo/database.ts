import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startEmbedded } from '../../driver/database/embedded';

export interface DemoDatabase {
  url: string;
  /** What it is, in words. */
  name: string;
  /** Leaves nothing behind. */
  stop: () => Promise<void>;
}

/** A database for this run alone: on the server of DATABASE_URL, else on an embedded one. */
export async function demoDatabase(): Promise<DemoDatabase> {
  const server = process.env.DATABASE_URL;
  if (server) return scratchDatabase(server);
  const { connectionString: url, port, stop } = await startEmbedded();
  return { url, name: `an embedded Postgres on port ${port}`, stop };
}

async function scratchDatabase(server: string): Promise<DemoDatabase> {
  const name = `pgratchet_demo_${randomBytes(4).toString('hex')}`;
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const stop = () => run(server, `drop database if exists ${name} with (force)`);
  return { url: url.href, name: `database ${name} on the server of DATABASE_URL`, stop };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
