import type { Database } from '../database/database';
import { evict } from '../database/turn-calls';
import type { LiveTurn } from './live-turn';
import type { TurnCache } from './turn-cache';

const EVICT_AGAIN_MS = 100;

export interface EvictorHost {
  readonly workerId: string;
  readonly isStopped: boolean;
  forget(turn: LiveTurn): void;
  onError(error: unknown): void;
}

/** Frees the memory of the turns that have waited longest. */
export class Evictor {
  private isEvicting = false;

  constructor(
    private readonly database: Database,
    private readonly turns: TurnCache,
    private readonly host: EvictorHost,
  ) {}

  async evict(): Promise<void> {
    if (this.isEvicting || this.host.isStopped) return;
    this.isEvicting = true;
    const idlest = this.turns.idlest();
    const asked = idlest.map(({ jobId, history }) => ({ jobId, known: history.answered.size }));
    try {
      for (const jobId of await evict(this.database, this.host.workerId, asked)) {
        const turn = this.turns.get(jobId);
        if (turn !== undefined) this.host.forget(turn);
      }
    } catch (error) {
      this.host.onError(error);
    } finally {
      this.isEvicting = false;
    }
    // More may have parked meanwhile. What could not be given back is not asked for at once again.
    if (this.turns.isOverfull) setTimeout(() => void this.evict(), EVICT_AGAIN_MS).unref();
  }
}
