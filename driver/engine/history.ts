import type { RecordedStep } from '../database/turn-calls';

const CANCEL_ADDRESS = '#cancel';

/** The recorded steps of a job, as its function is rebuilt from them. */
export class History {
  private readonly steps = new Map<number, RecordedStep>();
  private readonly byDelivery = new Map<number, number>();
  /** Positions whose answer is recorded, a recorded cancellation counted as one more. */
  readonly answered = new Set<number>();
  private cancelDelivery: number | undefined;

  constructor(steps: Iterable<RecordedStep> = []) {
    for (const step of steps) this.add(step);
  }

  private add(step: RecordedStep): void {
    if (step.address === CANCEL_ADDRESS) {
      this.cancelDelivery = step.delivery ?? undefined;
      this.answered.add(-1);
      return;
    }
    this.steps.set(step.position, step);
    if (!step.isDone) return;
    this.answered.add(step.position);
    if (step.delivery !== null) this.byDelivery.set(step.delivery, step.position);
  }

  get(position: number): RecordedStep | undefined {
    return this.steps.get(position);
  }

  /** Every step that is still remembered, in the order of the calls. */
  recorded(): Iterable<RecordedStep> {
    return this.steps.values();
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

export { CANCEL_ADDRESS };
