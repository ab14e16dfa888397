import { backoff } from '../backoff';
import type { Database } from '../database/database';
import type { Work } from '../database/exchange';
import { loadHistory, type RecordedStep, type Thread } from '../database/turn-calls';
import { threadKey, threadOf } from './address';

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

  /** Of those that are no fresh start. */
  begin(work: Work[]): Rebuild[] {
    const claimed = work.filter(({ kind }) => kind === 'turn' || kind === 'careful');
    const begun = claimed.map((item) => ({ work: item, early: [] }));
    for (const rebuild of begun) this.rebuilds.set(keyOf(rebuild.work), rebuild);
    return begun;
  }

  /** Whether `work` is for a turn that is being rebuilt, and will be handed on with it. */
  keep(work: Work): boolean {
    if (this.rebuilds.size === 0) return false;
    const rebuild = this.rebuilds.get(keyOf(work));
    if (rebuild === undefined || !['result', 'cancel', 'lost'].includes(work.kind)) return false;
    if (work.kind === 'lost') this.end(rebuild);
    else rebuild.early.push(work);
    return true;
  }

  /** Whether the turn is still this worker's to run. */
  end(rebuild: Rebuild): boolean {
    if (this.rebuilds.get(keyOf(rebuild.work)) !== rebuild) return false;
    this.rebuilds.delete(keyOf(rebuild.work));
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

/** Claimed turns are this worker's: their history is read however long the database is away. */
export async function readHistories(
  database: Database,
  threads: Thread[],
  reader: { isStopped: () => boolean; onError: (error: unknown) => void },
): Promise<Map<string, RecordedStep[]>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await loadHistory(database, threads);
    } catch (error) {
      reader.onError(error);
      if (reader.isStopped()) return new Map();
      await backoff(attempt);
    }
  }
}

function keyOf({ jobId, address }: Work): string {
  return threadKey(jobId, threadOf(address));
}
