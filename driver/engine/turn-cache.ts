import type { LiveTurn } from './live-turn';

/**
 * The turns in this process's memory: those at work, and those that wait, longest waiting first.
 */
export class TurnCache {
  private readonly turns = new Map<string, LiveTurn>();
  private readonly active = new Set<LiveTurn>();

  constructor(private readonly bound: number) {}

  get(jobId: string): LiveTurn | undefined {
    return this.turns.get(jobId);
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
    this.turns.set(turn.jobId, turn);
    this.active.add(turn);
  }

  activate(turn: LiveTurn): void {
    if (!turn.isOver) this.active.add(turn);
  }

  /** Counts the turn as waiting if it is. */
  park(turn: LiveTurn): void {
    if (turn.isOver) this.active.delete(turn);
    if (!turn.isParked || !this.active.delete(turn)) return;
    // Last in the order of the map.
    this.turns.delete(turn.jobId);
    this.turns.set(turn.jobId, turn);
  }

  remove(turn: LiveTurn): void {
    this.active.delete(turn);
    if (this.turns.get(turn.jobId) === turn) this.turns.delete(turn.jobId);
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
