import type { LiveTurn } from './live-turn';
import { emptyReport, sizeOf, type Batch } from './report';

/**
 * What is more goes with another exchange, at the same time. One of ten thousand steps takes a
 * fifth of a second, and nothing else of the same jobs can be reported meanwhile.
 */
const LARGEST_BATCH = 2_500;

/** Turns that have something to hand in. */
export class Unreported {
  private readonly turns = new Set<LiveTurn>();

  add(turn: LiveTurn): void {
    this.turns.add(turn);
  }

  delete(turn: LiveTurn): void {
    this.turns.delete(turn);
  }

  /** The reports of the next exchange. */
  take(): Batch['turns'] {
    const taken: Batch['turns'] = [];
    let size = 0;
    for (const turn of this.turns) {
      if (size >= LARGEST_BATCH) break;
      // One report of a job at a time: the next may depend on it.
      if (turn.isReporting) continue;
      this.turns.delete(turn);
      if (!turn.hasReport) continue;
      turn.isReporting = true;
      const { jobId, address, report } = turn;
      taken.push({ jobId, address, report });
      size += sizeOf(report);
      turn.report = emptyReport();
    }
    return taken;
  }
}
