import type { Database } from '../database/database';
import type { Caller } from '../database/exchange';
import { evict } from '../database/turn-calls';
import { isConnectionError } from '../errors';
import { threadKey } from './address';
import type { ExchangeLoop } from './exchange-loop';
import type { LiveTurn } from './live-turn';
import type { Served } from './served';
import type { TurnCache } from './turn-cache';

const EVICT_AGAIN_MS = 100;

export interface EvictionHost extends Caller {
  readonly served: Served;
  readonly loop: Pick<ExchangeLoop, 'recover'>;
  forget(turn: LiveTurn): void;
  onError(error: unknown): void;
}

/** Frees the memory of the turns that have waited longest, when there are too many. */
export class Eviction {
  private isEvicting = false;
  private leavingTimer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly host: EvictionHost,
    private readonly database: Database,
    private readonly turns: TurnCache,
  ) {}

  /** Gives parked turns back: the longest waiting, unless others are named. */
  async run(named?: readonly LiveTurn[]): Promise<void> {
    if (this.isEvicting || this.isStopped) return;
    const parked = named ?? this.turns.idlest();
    if (parked.length === 0) return;
    this.isEvicting = true;
    // Those asked about, and not others of the same threads that come before the answer.
    const asked = new Map(parked.map((turn) => [threadKey(turn.jobId, turn.address), turn]));
    const threads = parked.map(({ jobId, address, history }) => {
      return { jobId, address, known: history.answered.size };
    });
    try {
      for (const { jobId, address } of await evict(this.database, this.host, threads)) {
        const turn = asked.get(threadKey(jobId, address));
        if (turn !== undefined) this.host.forget(turn);
      }
    } catch (error) {
      // Some may have been given back.
      if (isConnectionError(error)) this.host.loop.recover(error);
      else this.host.onError(error);
    } finally {
      this.isEvicting = false;
    }
    // More may have parked meanwhile. What could not be given back is not asked for at once again.
    if (this.turns.isOverfull) setTimeout(() => void this.run(), EVICT_AGAIN_MS).unref();
  }

  /** A turn waits from now on. */
  parked({ work }: LiveTurn): void {
    if (this.host.served.hasLeft(work)) this.leave();
    if (this.turns.isOverfull) void this.run();
  }

  /** Gives back, in a moment, those that wait for a workflow that is served here no more. */
  leave(): void {
    if (this.isStopped) return;
    this.leavingTimer ??= setTimeout(() => {
      this.leavingTimer = undefined;
      const hasLeft = ({ isParked, work }: LiveTurn) => isParked && this.host.served.hasLeft(work);
      if (this.isEvicting) this.leave();
      else void this.run(this.turns.all().filter(hasLeft));
    }, EVICT_AGAIN_MS).unref();
  }

  stop(): void {
    clearTimeout(this.leavingTimer);
    this.isStopped = true;
  }
}
