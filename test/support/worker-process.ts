import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Pool } from 'pg';
import type { WorkerOptions } from '../../driver';
import type { CrashPoint } from './crash-point';
import { EFFECTS_VARIABLE } from './effects';
import type { WorkflowName } from './shapes';
import { waitFor, within } from './wait-for';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-main';

const root = join(__dirname, '..', '..');

export interface WorkerProcess {
  readonly pid: number;
  /** Its name in `ratchet_internal.workers`. */
  readonly name: string;
  /** Settled once the process is gone. */
  readonly exited: Promise<void>;
  readonly isRunning: boolean;
  /** 0 if it ended by itself, with nothing left to do. */
  readonly exitCode: number | null;
  /** Serves the queue's activities, and these workflows of it. */
  serve(queue: string, workflows?: WorkflowName[]): Promise<void>;
  /** Starts a workflow from there. */
  start(workflow: WorkflowName, id: string, queue: string, ...args: unknown[]): Promise<void>;
  /** Counts exchanges from now on, and dies at one of them. */
  arm(crash?: CrashPoint): Promise<void>;
  exchanges(): Promise<number>;
  /** Blocks its event loop; answers once it is free again. */
  block(milliseconds: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and every connection it had is closed. */
  kill(): Promise<void>;
  /** Hands its work back; the process then ends when nothing else keeps it. */
  shutdown(): Promise<void>;
  /** Resolves when the server has done whatever the dead process asked of it. */
  isForgotten(): Promise<void>;
}

/** A worker in a process of its own, for as long as the test runs at most. */
export async function startWorkerProcess(
  t: ExecutionContext<unknown>,
  { url, pool }: { url: string; pool: Pool },
  effects: string,
  options: WorkerOptions = {},
): Promise<WorkerProcess> {
  const application = `worker-${randomBytes(5).toString('hex')}`;
  const settings: WorkerSettings = { url, name: application, options };
  const child = fork(join(__dirname, 'worker-main.ts'), [JSON.stringify(settings)], {
    cwd: root,
    env: { ...process.env, [EFFECTS_VARIABLE]: effects },
    stdio: ['ignore', 'inherit', process.env['SHOW_WORKERS'] ? 'inherit' : 'ignore', 'ipc'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  child.on('error', () => undefined);
  const exited = once(child, 'exit').then(() => undefined);
  const { pid = 0 } = child;
  const ask = conversation(child, exited);
  await within('a worker process', ask(undefined));
  const isForgotten = async () => {
    await exited;
    await waitFor('its connections are closed', () => hasNoConnection(pool, application));
  };
  return {
    ...{ pid, name: `${hostname()}-${pid}`, exited, isForgotten },
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    get exitCode() {
      return child.exitCode;
    },
    serve: async (queue, workflows = []) => void (await ask({ kind: 'serve', queue, workflows })),
    start: async (workflow, id, queue, ...args) => {
      await ask({ kind: 'start', workflow, id, queue, args });
    },
    arm: async (crash) => void (await ask({ kind: 'arm', ...(crash && { crash }) })),
    exchanges: async () => (await ask({ kind: 'count' })) ?? 0,
    block: async (milliseconds) => void (await ask({ kind: 'block', milliseconds })),
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await isForgotten();
    },
    shutdown: async () => void (await ask({ kind: 'shutdown' })),
  };
}

/** One question at a time is answered; a process that ends has answered its last. */
function conversation(child: ChildProcess, exited: Promise<void>) {
  let last: Promise<unknown> = Promise.resolve();
  return (question: ToWorker | undefined): Promise<number | undefined> => {
    const answer = last.then(async () => {
      const heard = once(child, 'message') as Promise<[FromWorker]>;
      // It may be gone at this moment, which `exited` tells.
      if (question !== undefined && child.connected) child.send(question, () => undefined);
      const first = await Promise.race([heard, exited]);
      const message = first?.[0];
      return message?.kind === 'done' ? message.value : undefined;
    });
    last = answer.catch(() => undefined);
    return answer;
  };
}

async function hasNoConnection(pool: Pool, application: string): Promise<boolean> {
  const sql = 'select from pg_stat_activity where application_name = $1';
  return (await pool.query(sql, [application])).rowCount === 0;
}

/** What the passing of time does to a dead worker, without waiting for it. */
export async function expireLease(pool: Pool, name: string): Promise<void> {
  const sql = `update ratchet_internal.workers
    set expires_at = ratchet_internal.now() - interval '1 second' where name = $1`;
  await pool.query(sql, [name]);
}
