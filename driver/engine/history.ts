import type { RecordedStep } from '../database/turn-calls';

/** The recorded steps of a thread, as its function is rebuilt from them. */
export class History {
  private readonly steps = new Map<number, RecordedStep>();
  private readonly byDelivery = new Map<number, number>();
  /** Positions whose answer is recorded, a recorded cancellation counted as one more. */
  readonly answered = new Set<number>();
  /** Ids for which patched() has answered true. */
  readonly patches = new Set<string>();
  /** Position of the last recorded call, and number of the last recorded delivery; 0: none. */
  last = 0;
  lastDelivery = 0;
  private cancelDelivery: number | undefined;

  constructor(steps: Iterable<RecordedStep> = []) {
    for (const step of steps) this.add(step);
  }

  private add(step: RecordedStep): void {
    if (step.kind === 'patch') {
      this.patches.add(step.name);
      return;
    }
    this.lastDelivery = Math.max(this.lastDelivery, step.delivery ?? 0);
    if (step.kind === 'cancel') {
      this.cancelDelivery = step.delivery ?? undefined;
      this.answered.add(-1);
      return;
    }
    this.steps.set(step.position, step);
    this.last = Math.max(this.last, step.position);
    if (!step.isDone) return;
    this.answered.add(step.position);
    if (step.delivery !== null) this.byDelivery.set(step.delivery, step.position);
  }

  get(position: number): RecordedStep | undefined {
    return this.steps.get(position);
  }

  /** The steps whose answers have not reached the function. */
  all(): RecordedStep[] {
    return [...this.steps.values()];
  }

  /** What was delivered as number `delivery`, where that was recorded. */
  at(delivery: number): number | 'cancel' | undefined {
    return delivery === this.cancelDelivery ? 'cancel' : this.byDelivery.get(delivery);
  }

  /** A delivered step is not needed again. */
  forget(position: number): void {
    this.steps.delete(position);
  }
}
