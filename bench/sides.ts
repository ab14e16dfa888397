import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { Client as PgClient } from 'pg';
import { Child } from './child';
import type { Flags } from './flags';
import { Durable } from './product';
import type { Database, Server } from './server';

const BATCH = 1_000;

/** One of the programs that do the same: how it is started, filled and emptied. */
export interface Side {
  /** `ours`, `limit` or the name of a peer. */
  kind: string;
  database: Database;
  worker: Child;
  /** An empty database. */
  reset(): Promise<void>;
  /** Starts `count` workflows up front. */
  start(flow: string, count: number, prefix: string): Promise<void>;
  /**
   * Lets the worker loose; it reports when it has run `count`. Resolves with the moment from which
   * to count (Unix time in ms) if setting up should not count.
   */
  drain(flow: string, count: number, options?: object): Promise<number | undefined>;
  /** Workflows that have ended well. */
  ended(): Promise<number>;
  /** Whether nothing is held by a worker any more. */
  isQuiet(): Promise<boolean>;
}

/** The first column of the first row. */
export async function one<T>(client: Client, text: string): Promise<T> {
  const { rows } = await client.query({ text, rowMode: 'array' });
  return (rows as unknown[][])[0]?.[0] as T;
}

/** Removes all jobs, and what they left to do. */
export async function emptyOurs(client: Client): Promise<void> {
  await client.query(`truncate ratchet.jobs, ratchet.jobs_attributes,
    ratchet_internal.messages, ratchet_internal.signals`);
}

function* batches(count: number, prefix: string): Generator<{ id: string; x: number }[]> {
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    yield Array.from({ length }, (_, i) => ({ id: `${prefix}-${from + i}`, x: from + i }));
  }
}

export async function openOurs(server: Server, flags: Flags, name?: string): Promise<Side> {
  const database = await server.database('ours', name);
  const { client, url } = database;
  const worker = new Child('ours/worker.mjs', flags.profile);
  await worker.send('open', { connectionString: url });
  const starter = clientOf(url);
  return {
    kind: 'ours',
    database,
    worker,
    reset: () => emptyOurs(client),
    async start(flow, count, prefix) {
      const shared = { taskQueue: 'bench', workflowName: flow };
      for (const batch of batches(count, prefix)) {
        const jobs = batch.map(({ id, x }) => ({ workflowId: id, args: [x] }));
        await starter.workflow.startMany(shared, jobs);
      }
    },
    drain: (flow, count, options) => worker.send('drain', { flow, count, options }),
    ended: () =>
      one(client, 'select count(*)::int from ratchet.jobs where status = 0 and error is null'),
    isQuiet: () =>
      one(
        client,
        `select not exists (select from ratchet_internal.messages
        where worker_id is not null)`,
      ),
  };
}

/** A client of ours in this process, with as many connections as it may want. */
export function clientOf(connectionString: string) {
  const options = { connectionString, max: 20 };
  return new Durable.Client({ connection: { class: PgClient, options } });
}

export async function openLimit(server: Server, flags: Flags): Promise<Side> {
  const database = await server.database('limit');
  const { client, url } = database;
  const worker = new Child('limit/worker.mjs', flags.profile);
  await worker.send('open', { connectionString: url });
  const begin = { name: 'start', text: 'select bare.start($1, $2, $3)' };
  return {
    kind: 'limit',
    database,
    worker,
    async reset() {
      await client.query('truncate bare.run, bare.step, bare.ready, bare.request, bare.row');
    },
    async start(flow, count, prefix) {
      for (const batch of batches(count, prefix)) {
        const keys = batch.map(({ id }) => id);
        const args = batch.map(({ x }) => JSON.stringify([x]));
        await client.query({ ...begin, values: [flow, keys, args] });
      }
    },
    drain: (flow, count) => worker.send('drain', { flow, count }),
    ended: () => one(client, 'select count(*)::int from bare.run where ended_at is not null'),
    isQuiet: () => one(client, 'select not exists (select from bare.ready)'),
  };
}

/** Waits until the last batch of a drained side is committed. */
export async function untilQuiet(side: Side): Promise<void> {
  while (!(await side.isQuiet())) await pause(1);
}
