import { parentPort, workerData } from 'node:worker_threads';
import type { ClientConfig } from 'pg';
import { startBeatLoop, type BeatLoop } from './beat-loop';

/** What the thread is started with. */
export interface ThreadData {
  /** One Int32 that the main thread counts up for as long as it moves. */
  pulse: SharedArrayBuffer;
}

export interface BeatSettings {
  pgConfig: ClientConfig;
  workerId: string;
  intervalMs: number;
  maxBlockedMs: number;
}

export type ToThread =
  | { kind: 'start'; lease: number; settings: BeatSettings }
  | { kind: 'worker'; lease: number; workerId: string }
  | { kind: 'stop'; lease: number };

/** Errors lose their class between threads, so what callers look at travels beside them. */
export type FromThread =
  | { kind: 'lost'; lease: number; workerId: string }
  | { kind: 'error'; lease: number; message: string; code: string | undefined }
  | { kind: 'stopped'; lease: number };

function runThread(port: NonNullable<typeof parentPort>, data: ThreadData): void {
  const post = (message: FromThread) => port.postMessage(message);
  const blockedMs = stopwatch(new Int32Array(data.pulse));
  const loops = new Map<number, BeatLoop>();

  function start(lease: number, { maxBlockedMs, ...settings }: BeatSettings): BeatLoop {
    return startBeatLoop({
      ...settings,
      mayBeat: () => blockedMs() < maxBlockedMs,
      onLost: (workerId) => post({ kind: 'lost', lease, workerId }),
      onError(error) {
        const code = (error as { code?: unknown }).code;
        post({
          kind: 'error',
          lease,
          message: error instanceof Error ? error.message : String(error),
          code: typeof code === 'string' ? code : undefined,
        });
      },
    });
  }

  async function stop(lease: number): Promise<void> {
    const loop = loops.get(lease);
    loops.delete(lease);
    await loop?.stop();
    post({ kind: 'stopped', lease });
  }

  port.on('message', (message: ToThread) => {
    const { lease } = message;
    if (message.kind === 'start') loops.set(lease, start(lease, message.settings));
    else if (message.kind === 'worker') loops.get(lease)?.setWorkerId(message.workerId);
    else void stop(lease);
  });
}

/** Tells for how many milliseconds the main thread was not seen to move. */
function stopwatch(pulse: Int32Array): () => number {
  let last = Atomics.load(pulse, 0);
  let movedAt = performance.now();
  return () => {
    const current = Atomics.load(pulse, 0);
    if (current !== last) movedAt = performance.now();
    last = current;
    return performance.now() - movedAt;
  };
}

if (parentPort !== null) runThread(parentPort, workerData as ThreadData);
