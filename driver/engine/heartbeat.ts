import type { ClientConfig } from 'pg';
import { startBeatLoop, type BeatLoop } from './beat-loop';
import { BeatThread } from './beat-thread';
import { cloneableConfig } from './cloneable-config';

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

/**
 * Keeps a worker's lease from a thread, so that user code which blocks the event loop does not
 * lose it. A process that is stuck for longer than `maxBlockedMs` does.
 */
export function startHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { onLost, onError, onWarning, intervalMs = 3_000, maxBlockedMs = 120_000 } = options;
  let workerId = options.workerId;
  let here: BeatLoop | undefined;
  let there: { thread: BeatThread; lease: number } | undefined;
  let isStopped = false;

  function beatHere(reason: string): void {
    if (isStopped || here !== undefined) return;
    onWarning?.(`${reason}: the heartbeat shares the event loop, so blocking it costs the lease`);
    const { pgConfig } = options;
    here = startBeatLoop({ pgConfig, workerId, intervalMs, mayBeat: () => true, onLost, onError });
  }

  function beatThere(pgConfig: ClientConfig): void {
    const thread = BeatThread.get();
    const settings = { pgConfig, workerId, intervalMs, maxBlockedMs };
    const lease = thread.start(settings, {
      onLost(lost) {
        if (lost === workerId) onLost(workerId); // else the next worker is registered already
      },
      onError,
      onEnd() {
        there = undefined;
        beatHere('The heartbeat thread ended');
      },
    });
    there = { thread, lease };
  }

  const pgConfig = cloneableConfig(options.pgConfig);
  if (pgConfig === undefined) {
    beatHere('The connection options hold a function');
  } else {
    try {
      beatThere(pgConfig);
    } catch (error) {
      onError(error);
      beatHere('No thread could be started');
    }
  }

  return {
    setWorkerId(next) {
      workerId = next;
      here?.setWorkerId(next);
      there?.thread.setWorkerId(there.lease, next);
    },
    async stop() {
      isStopped = true;
      await there?.thread.stop(there.lease);
      await here?.stop();
    },
  };
}
