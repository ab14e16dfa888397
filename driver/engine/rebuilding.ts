import type { Work } from '../database/exchange';

/** A turn whose history is being read, and what came for it meanwhile. */
export interface Rebuild {
  work: Work;
  early: Work[];
}

/**
 * Turns that were claimed and are not yet in memory. What an exchange brings for one of them may be
 * missing in the history that is being read, and is brought only once: it waits until the turn
 * runs.
 */
export class Rebuilding {
  private readonly rebuilds = new Map<string, Rebuild>();
  private onEmpty: (() => void)[] = [];

  get size(): number {
    return this.rebuilds.size;
  }

  begin(work: Work[]): Rebuild[] {
    const begun = work.map((item) => ({ work: item, early: [] }));
    for (const rebuild of begun) this.rebuilds.set(rebuild.work.jobId, rebuild);
    return begun;
  }

  /** Whether `work` is for a turn that is being rebuilt, and will be handed on with it. */
  keep(work: Work): boolean {
    const rebuild = this.rebuilds.get(work.jobId);
    if (rebuild === undefined || !['result', 'cancel', 'lost'].includes(work.kind)) return false;
    if (work.kind === 'lost') this.end(rebuild);
    else rebuild.early.push(work);
    return true;
  }

  /** Whether the turn is still this worker's to run. */
  end(rebuild: Rebuild): boolean {
    if (this.rebuilds.get(rebuild.work.jobId) !== rebuild) return false;
    this.rebuilds.delete(rebuild.work.jobId);
    if (this.rebuilds.size === 0) for (const done of this.onEmpty.splice(0)) done();
    return true;
  }

  /** None of them is this worker's any more. */
  forget(): void {
    for (const rebuild of [...this.rebuilds.values()]) this.end(rebuild);
  }

  /** Resolves when all of them run or are lost. */
  async finished(): Promise<void> {
    if (this.rebuilds.size > 0) await new Promise<void>((resolve) => this.onEmpty.push(resolve));
  }
}
