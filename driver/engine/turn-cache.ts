import { threadKey } from './address';
import type { LiveTurn } from './live-turn';
import { NONE } from './report';

/**
 * The turns in this process's memory: those at work, until their ends are committed, and those that
 * wait, longest waiting first.
 */
export class TurnCache {
  private readonly turns = new Map<string, LiveTurn>();
  /** Turns of hooks and of continued generations, by job: most jobs have none. */
  private readonly others = new Map<string, Set<LiveTurn>>();
  private readonly active = new Set<LiveTurn>();

  constructor(private readonly bound: number) {}

  get(jobId: string, address: string): LiveTurn | undefined {
    return this.turns.get(threadKey(jobId, address));
  }

  /** The turns of a job that wait in this process. */
  parkedOf(jobId: string): readonly LiveTurn[] {
    const first = this.turns.get(jobId);
    const others = this.others.get(jobId);
    if (first === undefined && others === undefined) return NONE;
    return [first, ...(others ?? [])].filter((turn) => turn?.isParked) as LiveTurn[];
  }

  all(): LiveTurn[] {
    return [...this.turns.values()];
  }

  get activeCount(): number {
    return this.active.size;
  }

  get isOverfull(): boolean {
    return this.turns.size - this.active.size > this.bound;
  }

  add(turn: LiveTurn): void {
    this.turns.set(threadKey(turn.jobId, turn.address), turn);
    this.active.add(turn);
    if (turn.address === '') return;
    const others = this.others.get(turn.jobId) ?? new Set();
    this.others.set(turn.jobId, others.add(turn));
  }

  activate(turn: LiveTurn): void {
    if (!turn.isOver) this.active.add(turn);
  }

  /** Counts the turn as waiting if it is. */
  park(turn: LiveTurn): void {
    if (!turn.isParked || !this.active.delete(turn)) return;
    // Last in the order of the map.
    const key = threadKey(turn.jobId, turn.address);
    this.turns.delete(key);
    this.turns.set(key, turn);
  }

  remove(turn: LiveTurn): void {
    this.active.delete(turn);
    const key = threadKey(turn.jobId, turn.address);
    if (this.turns.get(key) === turn) this.turns.delete(key);
    const others = this.others.get(turn.jobId);
    if (others?.delete(turn) && others.size === 0) this.others.delete(turn.jobId);
  }

  /** The turns that have waited longest: a tenth of the bound and what is above it. */
  idlest(): LiveTurn[] {
    const waiting = this.turns.size - this.active.size;
    const count = Math.max(waiting - Math.floor(this.bound * 0.9), 0);
    const found: LiveTurn[] = [];
    for (const turn of this.turns.values()) {
      if (found.length >= count) break;
      if (turn.isParked) found.push(turn);
    }
    return found;
  }
}
