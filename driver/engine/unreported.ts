import type { LiveTurn } from './live-turn';
import { emptyReport, sizeOf, type Batch } from './report';

/**
 * What is more goes with another exchange, at the same time. One of ten thousand steps takes a
 * fifth of a second, and nothing else of the same jobs can be reported meanwhile.
 */
const LARGEST_BATCH = 2_500;

/** Turns that have something to hand in. */
export class Unreported {
  // With a mark in each turn: a set would be made anew every few steps.
  private turns: LiveTurn[] = [];

  add(turn: LiveTurn): void {
    if (turn.isUnreported) return;
    turn.isUnreported = true;
    this.turns.push(turn);
  }

  delete(turn: LiveTurn): void {
    turn.isUnreported = false;
  }

  /** The reports of the next exchange. */
  take(): Batch['turns'] {
    const taken: Batch['turns'] = [];
    const left: LiveTurn[] = [];
    let size = 0;
    for (const turn of this.turns) {
      if (!turn.isUnreported) continue;
      // One report of a job at a time: the next may depend on it.
      if (size >= LARGEST_BATCH || turn.isReporting) {
        left.push(turn);
        continue;
      }
      turn.isUnreported = false;
      if (!turn.hasReport) continue;
      turn.isReporting = true;
      const { jobId, address, report } = turn;
      taken.push({ jobId, address, report });
      size += sizeOf(report);
      turn.report = emptyReport();
    }
    this.turns = left;
    return taken;
  }
}
