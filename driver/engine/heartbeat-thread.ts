import { parentPort, workerData } from 'node:worker_threads';
import type { ClientConfig } from 'pg';
import { startBeatLoop } from './beat-loop';

/** What the thread is started with. */
export interface ThreadData {
  pgConfig: ClientConfig;
  workerId: string;
  intervalMs: number;
  maxBlockedMs: number;
  /** One Int32 that the main thread counts up for as long as it moves. */
  pulse: SharedArrayBuffer;
}

export type ToThread = { kind: 'worker'; workerId: string } | { kind: 'stop' };

/** Errors lose their class between threads, so what callers look at travels beside them. */
export type FromThread =
  { kind: 'lost'; workerId: string } | { kind: 'error'; message: string; code: string | undefined };

function runThread(port: NonNullable<typeof parentPort>, data: ThreadData): void {
  const pulse = new Int32Array(data.pulse);
  let lastPulse = Atomics.load(pulse, 0);
  let movedAt = performance.now();

  const post = (message: FromThread) => port.postMessage(message);
  const loop = startBeatLoop({
    ...data,
    mayBeat() {
      const current = Atomics.load(pulse, 0);
      if (current !== lastPulse) movedAt = performance.now();
      lastPulse = current;
      return performance.now() - movedAt < data.maxBlockedMs;
    },
    onLost: (workerId) => post({ kind: 'lost', workerId }),
    onError(error) {
      const code = (error as { code?: unknown }).code;
      post({
        kind: 'error',
        message: error instanceof Error ? error.message : String(error),
        code: typeof code === 'string' ? code : undefined,
      });
    },
  });

  port.on('message', (message: ToThread) => {
    if (message.kind === 'worker') loop.setWorkerId(message.workerId);
    else void loop.stop().finally(() => process.exit(0)); // of this thread only
  });
}

if (parentPort !== null) runThread(parentPort, workerData as ThreadData);
