import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Client, Pool } from 'pg';
import { Durable, type WorkerOptions } from '../../driver';
import { assertInvariants, testDatabase } from './cluster';
import { EFFECTS_VARIABLE, readEffects, type Effect } from './effects';
import type { WorkflowName } from './shapes';
import { temporaryFolder } from './temporary-folder';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

/** A database, a client in this process, and workers in processes of their own. */
export interface Bench {
  url: string;
  pool: Pool;
  connection: { class: typeof Client; options: { connectionString: string } };
  client: InstanceType<typeof Durable.Client>;
  effectsFile: string;
  /** Every execution of an activity so far. */
  effects(workflowId?: string): Effect[];
  worker(options?: WorkerOptions): Promise<WorkerProcess>;
  /** Starts a workflow of test/support/shapes.ts. */
  start(name: WorkflowName, id: string, queue: string, ...args: unknown[]): Promise<Handle>;
}

export type Handle = Awaited<ReturnType<InstanceType<typeof Durable.Client>['workflow']['start']>>;

/** With `server`, its database is used as it is; else the test gets one of its own. */
export async function openBench(
  t: ExecutionContext<unknown>,
  server?: { connectionString: string },
): Promise<Bench> {
  const { url, pool } = server === undefined ? await testDatabase(t) : poolOf(t, server);
  t.teardown(() => Durable.shutdown());
  const effectsFile = join(temporaryFolder(), 'effects.jsonl');
  process.env[EFFECTS_VARIABLE] = effectsFile;
  const connection = { class: Client, options: { connectionString: url } };
  const client = new Durable.Client({ connection });
  return {
    ...{ url, pool, connection, client, effectsFile },
    effects: (workflowId) =>
      readEffects(effectsFile).filter(
        (e) => workflowId === undefined || e.workflowId === workflowId,
      ),
    worker: (options) => startWorkerProcess(t, { url, pool }, effectsFile, options),
    start: (workflowName, workflowId, taskQueue, ...args) =>
      client.workflow.start({ workflowName, workflowId, taskQueue, args }),
  };
}

function poolOf(
  t: ExecutionContext<unknown>,
  { connectionString: url }: { connectionString: string },
) {
  const pool = new Pool({ connectionString: url, max: 5 });
  pool.on('error', () => undefined);
  t.teardown(() => pool.end());
  t.teardown(() => assertInvariants(pool));
  return { url, pool };
}
