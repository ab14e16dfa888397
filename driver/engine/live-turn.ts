import type { Work } from '../database/exchange';
import type { RecordedStep } from '../database/turn-calls';
import { CancelledFailure } from '../durable/errors';
import { pendingCall, type Answer, type Call, type PendingCall } from './call';
import type { DurablePromise } from './durable-promise';
import type { History } from './history';
import { afterLateCalls, mismatch, neverCalled } from './mismatch';
import { appended, cancellation, emptyReport, NONE } from './report';
import { ReportingTurn } from './reporting-turn';
import { isOperation, placeOf, stepKey } from './step-key';
import type { TurnHost } from './turn-host';

type Queued = Answer & { position: number; isLocal: boolean };

/**
 * A workflow function in this process's memory, with its pending calls as ordinary promises.
 * Answers reach it one at a time, in an order that is recorded where another was possible, so that
 * every replay numbers its calls alike.
 */
export class LiveTurn extends ReportingTurn {
  readonly pending = new Map<number, PendingCall>();
  /** Ended, failed, or lost: nothing the function still does counts. */
  isOver = false;
  isCancelled = false;
  /** An answer reached the function that was not recorded when it was rebuilt. */
  isPastHistory = false;
  /** Local steps of this turn under way. */
  running = 0;
  /** Errors of failed steps, with their positions and the number of calls made before. */
  errors: WeakMap<object, [position: number, counter: number]> | undefined;
  counter = 0;
  deliveries = 0;
  /** How many deliveries there had been when the last recorded call was made. */
  caughtUpAt = 0;
  /** Called after each delivery. */
  onDelivered: (() => void) | undefined;
  private isBusy = false;
  private queue: readonly Queued[] = NONE;
  private available: Set<number> | undefined;
  private isCancelQueued: boolean;

  constructor(
    readonly work: Work,
    readonly history: History,
    readonly host: TurnHost,
    readonly isCareful: boolean,
  ) {
    super();
    this.isCancelQueued = work.isCancelled && !history.answered.has(-1);
  }

  protected askToReport(): void {
    this.host.report(this);
  }

  get jobId(): string {
    return this.work.jobId;
  }

  /** Thread of the job: '' is its main function. */
  get address(): string {
    return this.work.address;
  }

  /** Its function runs from the top. */
  start(): void {
    this.isBusy = true;
    this.host.settle(this);
  }

  /** Nothing but an answer from the engine can move it: it may be evicted. */
  get isParked(): boolean {
    const isAtRest = !this.isBusy && !this.isOver && this.queue.length === 0;
    const isReported = !this.isReporting && !this.hasReport;
    return isAtRest && isReported && this.running === 0 && this.pending.size > 0;
  }

  call(call: Call): DurablePromise<unknown> {
    return this.begin(pendingCall(call, (this.counter += 1)));
  }

  /** Operation number `ordinal`, from 1, of an object that took the number `object`. */
  operate(call: Call, object: number, ordinal: number): DurablePromise<unknown> {
    return this.begin(pendingCall(call, stepKey(`#${object}`, ordinal)));
  }

  private begin(pending: PendingCall): DurablePromise<unknown> {
    const { call, position, promise } = pending;
    if (this.isOver) return promise;
    if (this.isCancelled && call.isCancellable) {
      promise.expectFailure();
      pending.reject(new CancelledFailure());
      return promise;
    }
    this.pending.set(position, pending);
    const recorded = this.history.find(position);
    if (recorded !== undefined) this.caughtUpAt = this.deliveries;
    if (recorded === undefined) this.host.begin(this, pending);
    else this.recall(pending, recorded);
    return promise;
  }

  private recall(call: PendingCall, recorded: RecordedStep): void {
    const difference = mismatch(call, recorded);
    if (difference !== undefined) {
      this.block(difference);
    } else if (recorded.isDone) {
      if (recorded.delivery === null) (this.available ??= new Set()).add(call.position);
      if (!this.isBusy) this.host.settle(this);
    }
  }

  /** The code does not fit the history: neither goes on until a fitting deployment comes. */
  private block(error: string): void {
    this.isOver = true;
    // What this code has called is not to be recorded: it would not fit the code that does.
    this.report = { ...emptyReport(), failure: { error, isBlocked: true, forgotten: null } };
    this.host.report(this);
  }

  /** A step that ran here was answered. */
  answerLocally(position: number, answer: Answer): void {
    this.enqueue({ position, isFailed: answer.isFailed, value: answer.value, isLocal: true });
  }

  /** The engine brought an answer. One that is known already changes nothing. */
  answer(position: number, answer: Answer): void {
    if (this.history.answered.has(position)) return;
    this.history.answered.add(position);
    this.enqueue({ position, isFailed: answer.isFailed, value: answer.value, isLocal: false });
  }

  private enqueue(queued: Queued): void {
    if (this.isOver) return;
    this.queue = appended(this.queue, queued);
    if (!this.isBusy) this.deliver();
  }

  /** Cancellation was asked for from outside. */
  cancel(): void {
    if (this.isCancelled || this.isOver) return;
    this.isCancelQueued = true;
    if (!this.isBusy) this.deliver();
  }

  /** The function has come to rest after the last delivery. */
  rest(): void {
    this.isBusy = false;
    this.deliver();
  }

  /** Delivers what comes next, if it is there. */
  private deliver(): void {
    if (this.isOver) return;
    const recorded = this.history.at(this.deliveries + 1);
    if (recorded === 'cancel') {
      this.deliverCancel(true);
    } else if (recorded !== undefined) {
      const step = this.history.get(recorded);
      if (step && this.pending.has(recorded)) this.settleCall(recorded, step);
      else if (step) this.expect(step);
    } else if (this.available !== undefined && this.available.size > 0) {
      // In the order of the calls, which is that of the set.
      const [position = 0] = this.available;
      const step = this.history.get(position);
      this.noteOrder(position);
      if (step !== undefined) this.settleCall(position, step);
    } else if (this.isCancelQueued) {
      this.deliverCancel(false);
    } else {
      this.deliverLive();
    }
  }

  /** Code that waits for something else first may still make this call; other code does not fit. */
  private expect(step: RecordedStep): void {
    afterLateCalls(() => {
      const isCalled = this.history.get(step.position) !== step || this.pending.has(step.position);
      if (!isCalled && !this.isOver) this.block(neverCalled(step));
    });
  }

  private deliverLive(): void {
    for (let next = this.take(); next !== undefined; next = this.take()) {
      const call = this.pending.get(next.position);
      if (call !== undefined) return this.deliverAnswer(call, next);
      // Its call was rejected by a cancellation.
    }
  }

  private take(): Queued | undefined {
    const next = this.queue[0];
    if (this.queue.length <= 1) this.queue = NONE;
    else (this.queue as Queued[]).shift();
    return next;
  }

  private deliverAnswer(call: PendingCall, next: Queued): void {
    this.isPastHistory = true;
    if (next.isLocal) {
      this.history.answered.add(next.position);
      // Plain fields: these objects are made once a step.
      this.record({
        address: this.address,
        position: call.position,
        kind: call.kind,
        name: call.name,
        delivery: this.deliveries + 1,
        isFailed: next.isFailed,
        input: call.call.input,
        value: next.value,
      });
    } else {
      this.noteOrder(next.position);
    }
    this.settleCall(next.position, next);
  }

  /** Where another answer could have come first, the order is recorded with the next effect. */
  private noteOrder(position: number): void {
    if (this.pending.size === 1) return;
    const place = placeOf(this.address, position);
    const delivery = this.deliveries + 1;
    const row = { address: place.address, position: place.position, delivery };
    this.report.deliveries = appended(this.report.deliveries, row);
  }

  private settleCall(position: number, answer: Answer): void {
    const call = this.pending.get(position);
    if (call === undefined) return;
    this.pending.delete(position);
    this.available?.delete(position);
    this.history.forget(position);
    this.delivered();
    try {
      call.resolve(call.call.convert(answer));
    } catch (error) {
      const isRepeatable = typeof error === 'object' && error && !isOperation(position);
      if (isRepeatable) (this.errors ??= new WeakMap()).set(error, [position, this.counter]);
      call.promise.expectFailure();
      call.reject(error);
    }
    this.onDelivered?.();
  }

  private delivered(): void {
    this.deliveries += 1;
    this.isBusy = true;
    this.host.settle(this);
  }

  private deliverCancel(isRecorded: boolean): void {
    const rejected = [...this.pending.values()].filter(({ call }) => call.isCancellable);
    const positions = new Set(rejected.map(({ position }) => position));
    this.isCancelled = true;
    this.isCancelQueued = false;
    this.history.answered.add(-1);
    if (!isRecorded) {
      this.record(cancellation(this.address, this.deliveries + 1, [...positions]));
    }
    this.delivered();
    for (const call of rejected) {
      this.pending.delete(call.position);
      this.available?.delete(call.position);
      call.promise.expectFailure();
      call.reject(new CancelledFailure());
    }
    // What nobody waits for any more is not to begin.
    this.withdraw(({ address, position }) => address === this.address && positions.has(position));
  }

  /** Whether the function still has to get the answer of this call. */
  isAwaiting(call: PendingCall): boolean {
    return !this.isOver && this.pending.get(call.position) === call;
  }
}
