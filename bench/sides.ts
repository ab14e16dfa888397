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
  /** Further processes whose CPU time counts. */
  others?: Child[];
  /** An empty database. */
  reset(): Promise<void>;
  /** Starts `count` workflows up front. */
  start(flow: string, count: number, prefix: string): Promise<void>;
  /**
   * Lets the worker loose; it reports when it has run `count`. Resolves with the moment from which
   * to count (Unix time in ms) if setting up should not count.
   */
  drain(flow: string, count: number, options?: object): Promise<number | undefined>;
  /** Resolves when `count` have run, wherever the worker itself would not know. */
  done?(): Promise<void>;
  /** Gives everything back, wherever there is more than the worker. */
  rest?(): Promise<void>;
  /** Sends each of `count` workflows, one by one, the signal that it waits for. */
  signal?(count: number): Promise<void>;
  /** Workflows that were started from outside and have ended well. */
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
    start: (flow, count, prefix) => startOurs(starter, 'bench', flow, count, prefix),
    drain: (flow, count, options) => worker.send('drain', { flow, count, options }),
    ...sinceLast(client),
  };
}

/**
 * What a run of ours leaves, looked for among the jobs that came since `ended` was last called:
 * while an old snapshot is held, a look at all would pass by every dead row of the runs before.
 */
function sinceLast(client: Client): Pick<Side, 'ended' | 'isQuiet'> {
  let [last, count] = [0, 0];
  return {
    async ended() {
      const { rows } = await client.query(
        `select count(*) filter (where status = 0 and error is null and parent_id is null)::int
          as ended, coalesce(max(id), $1)::int as last from ratchet.jobs where id > $1`,
        [last],
      );
      [last, count] = [rows[0].last, count + rows[0].ended];
      return count;
    },
    // Fenced, or the index of what is held may be gone through as a whole, dead entries included.
    isQuiet: () =>
      one(
        client,
        `select not exists (select from (select worker_id from ratchet_internal.messages
          where job_id > ${last} offset 0) since where worker_id is not null)`,
      ),
  };
}

/** Starts so many workflows on a queue, a thousand a call. */
export async function startOurs(
  starter: ReturnType<typeof clientOf>,
  taskQueue: string,
  workflowName: string,
  count: number,
  prefix: string,
): Promise<void> {
  for (const batch of batches(count, prefix)) {
    const jobs = batch.map(({ id, x }) => ({ workflowId: id, args: [x] }));
    await starter.workflow.startMany({ taskQueue, workflowName }, jobs);
  }
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
      await client.query(
        'truncate bare.run, bare.step, bare.ready, bare.task, bare.request, bare.row',
      );
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
