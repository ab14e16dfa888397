import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ClientConfig } from 'pg';
import { startBeatLoop, type BeatLoop } from './beat-loop';
import { cloneableConfig } from './cloneable-config';
import type { FromThread, ThreadData, ToThread } from './heartbeat-thread';

const PULSE_MS = 250;
const STOP_TIMEOUT_MS = 1_000;

export interface HeartbeatOptions {
  pgConfig: ClientConfig;
  /** The bigint id of the registered worker. */
  workerId: string;
  /** Milliseconds between beats. Default 3,000. */
  intervalMs?: number;
  /**
   * Milliseconds for which user code may block the event loop before the beating stops and the
   * work goes to others. Default 120,000.
   */
  maxBlockedMs?: number;
  /** The lease is gone. Called once for a worker id; beating goes on after `setWorkerId`. */
  onLost: (workerId: string) => void;
  /** Called with each failed beat. Beating goes on regardless. */
  onError: (error: unknown) => void;
  /** Told when no thread can be used, so that blocking code can cost the lease. */
  onWarning?: (message: string) => void;
}

export interface Heartbeat {
  setWorkerId(workerId: string): void;
  /** Resolves within about a second, whatever the state of the database; never rejects. */
  stop(): Promise<void>;
}

/** The thread runs the file beside this one: compiled, or the source where sources are run. */
function spawn(data: ThreadData): Worker {
  const extension = extname(__filename);
  const file = join(__dirname, `heartbeat-thread${extension}`);
  // What the program preloads is not wanted in here.
  if (extension !== '.ts') return new Worker(file, { workerData: data, execArgv: [] });
  // Except for what makes this process read TypeScript.
  return new Worker(`require(${JSON.stringify(file)})`, { eval: true, workerData: data });
}

function stopThread(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    thread.ref(); // the process may not end while somebody waits for this
    const timer = setTimeout(() => void thread.terminate(), STOP_TIMEOUT_MS);
    thread.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    thread.postMessage({ kind: 'stop' } satisfies ToThread);
  });
}

/**
 * Keeps a worker's lease from a thread of its own, so that user code which blocks the event loop
 * does not lose it. A process that is stuck for longer than `maxBlockedMs` does.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { onLost, onError, onWarning, intervalMs = 3_000, maxBlockedMs = 120_000 } = options;
  let workerId = options.workerId;
  let here: BeatLoop | undefined;
  let isStopped = false;

  function beatHere(reason: string): void {
    if (isStopped || here !== undefined) return;
    onWarning?.(`${reason}: the heartbeat shares the event loop, so blocking it costs the lease`);
    const { pgConfig } = options;
    here = startBeatLoop({ pgConfig, workerId, intervalMs, mayBeat: () => true, onLost, onError });
  }

  const pulse = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const pulseTimer = setInterval(() => Atomics.add(new Int32Array(pulse), 0, 1), PULSE_MS).unref();

  let thread: Worker | undefined;
  function beatInThread(pgConfig: ClientConfig): void {
    const started = spawn({ pgConfig, workerId, intervalMs, maxBlockedMs, pulse });
    thread = started;
    started.on('message', (message: FromThread) => {
      if (isStopped) return;
      if (message.kind === 'error') {
        onError(Object.assign(new Error(message.message), { code: message.code }));
      } else if (message.workerId === workerId) {
        onLost(workerId); // else the next worker is registered already
      }
    });
    started.on('error', onError);
    started.once('exit', () => {
      thread = undefined;
      beatHere('The heartbeat thread ended');
    });
    started.unref(); // after the listeners: one for messages holds the process again
  }

  const pgConfig = cloneableConfig(options.pgConfig);
  if (pgConfig === undefined) {
    beatHere('The connection options hold a function');
  } else {
    try {
      beatInThread(pgConfig);
    } catch (error) {
      onError(error);
      beatHere('No thread could be started');
    }
  }

  return {
    setWorkerId(next) {
      workerId = next;
      here?.setWorkerId(next);
      thread?.postMessage({ kind: 'worker', workerId: next } satisfies ToThread);
    },
    async stop() {
      isStopped = true;
      clearInterval(pulseTimer);
      if (thread !== undefined) await stopThread(thread);
      await here?.stop();
    },
  };
}
