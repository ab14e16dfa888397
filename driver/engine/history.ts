import type { RecordedStep } from '../database/turn-calls';
import { PositionSet } from './position-set';
import { isOperation, objectOf, stepKey } from './step-key';

/** The recorded steps of a thread, as its function is rebuilt from them. */
export class History {
  // Made when needed: a new job has no history.
  private steps: Map<number, RecordedStep> | undefined;
  private byDelivery: Map<number, number> | undefined;
  /** A recorded operation of each object, by the object's position. */
  private objects: Map<number, RecordedStep> | undefined;
  /** Positions whose answer is recorded, a recorded cancellation counted as one more. */
  readonly answered = new PositionSet();
  private patchIds: Set<string> | undefined;
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
    const position = stepKey(step.address, step.position);
    this.steps ??= new Map();
    this.steps.set(position, position === step.position ? step : { ...step, position });
    this.last = Math.max(this.last, objectOf(position));
    if (isOperation(position)) (this.objects ??= new Map()).set(objectOf(position), step);
    if (!step.isDone) return;
    this.answered.add(position);
    if (step.delivery === null) return;
    (this.byDelivery ??= new Map()).set(step.delivery, position);
  }

  /** Ids for which patched() has answered true. */
  get patches(): Set<string> {
    return (this.patchIds ??= new Set());
  }

  /** What is recorded of a call; if it cannot be that call, what is there in its place. */
  find(position: number): RecordedStep | undefined {
    const step = this.steps?.get(position);
    if (step !== undefined) return step;
    if (isOperation(position)) return this.steps?.get(objectOf(position));
    return this.objects?.get(position);
  }

  get(position: number): RecordedStep | undefined {
    return this.steps?.get(position);
  }

  /** Every step that is still remembered, in the order of the calls. */
  recorded(): Iterable<RecordedStep> {
    return this.steps?.values() ?? [];
  }

  /** What was delivered as number `delivery`, where that was recorded. */
  at(delivery: number): number | 'cancel' | undefined {
    return delivery === this.cancelDelivery ? 'cancel' : this.byDelivery?.get(delivery);
  }

  /** A delivered step is not needed again. */
  forget(position: number): void {
    this.steps?.delete(position);
  }
}
