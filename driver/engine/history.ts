import type { RecordedStep } from '../database/turn-calls';
import { isOperation, objectOf, stepKey } from './step-key';

const CANCEL_ADDRESS = '#cancel';

/** The recorded steps of a job, as its function is rebuilt from them. */
export class History {
  private readonly steps = new Map<number, RecordedStep>();
  private readonly byDelivery = new Map<number, number>();
  /** A recorded operation of each object, by the object's position. */
  private readonly objects = new Map<number, RecordedStep>();
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
    const position = stepKey(step.address, step.position);
    this.steps.set(position, position === step.position ? step : { ...step, position });
    if (isOperation(position)) this.objects.set(objectOf(position), step);
    if (!step.isDone) return;
    this.answered.add(position);
    if (step.delivery !== null) this.byDelivery.set(step.delivery, position);
  }

  /** What is recorded of a call; if it cannot be that call, what is there in its place. */
  find(position: number): RecordedStep | undefined {
    const step = this.steps.get(position);
    if (step !== undefined) return step;
    if (isOperation(position)) return this.steps.get(objectOf(position));
    return this.objects.size === 0 ? undefined : this.objects.get(position);
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
