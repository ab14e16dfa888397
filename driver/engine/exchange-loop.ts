import { backoff } from '../backoff';
import type { Database } from '../database/database';
import { exchange, peek, type Caller, type Rooms, type Work } from '../database/exchange';
import { isConnectionError, isTransient } from '../errors';
import { outside } from '../outside';
import { stepTeller } from '../telemetry/step-spans';
import { telemetry } from '../telemetry/telemetry';
import { within } from '../within';
import { isAny, less, sum, type Load } from './load';
import { isOfPart, repeatPart, type PartSender } from './lone-parts';
import { clearTheWay, isLost, isOfOthers } from './refusals';
import { endsOf, isEmptyBatch, partsOf, type Batch } from './report';
import { Strides, type AnswerHost } from './strides';

/** How many exchanges may be in flight at once: one is carried out while the other is handed on. */
const LANES = 2;
/** What others have in the way is set aside so often before jobs go alone. */
const LONGEST_TOGETHER = 6;
const NOTHING: Batch = { turns: [], activities: [] };
const REPORT_ONLY: Rooms = { turns: 0, activities: 0, isIdle: false };

export interface ExchangeHost extends AnswerHost, Caller {
  /** What is finished and not in flight. */
  takeBatch(): Batch;
  /** A batch is committed, and this came back; nothing of either has been handed on. */
  answered(batch: Batch, work: readonly Work[], sentAt: number): void;
  /** How much more there is room for, beside what comes or, below zero, goes. */
  rooms(coming: Load): Load;
  /** One job's part of a batch can never be committed: returns what to report in its stead. */
  rejected(batch: Batch, error: unknown): Batch;
  /** The lease is gone: forget everything and register anew. */
  lost(): Promise<void>;
  /** After an exchange without an answer: find out what it did. */
  resync(): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Talks to the engine: hands in what is finished, receives what there is room for. Nobody waits
 * for a batch to fill: while a call is in flight results gather, and they go with the next.
 */
export class ExchangeLoop implements PartSender {
  private inFlight = 0;
  /** Answers that are being handed on, or come by other ways than an exchange. */
  private answers = 0;
  private readonly strides: Strides;
  /** Room offered by the exchanges in flight. */
  private asked: Load = { turns: 0, activities: 0 };
  isStopping = false;
  /** Nothing is sent any more: what is held goes back. */
  private isEnded = false;
  private isScheduled = false;
  /** There may be work to claim. */
  private isHungry = true;
  /** The database knows that this worker waits for a notification. */
  private isDeclaredIdle = false;
  private sleepTimer: NodeJS.Timeout | undefined;
  private recovery: Promise<void> | undefined;
  private unanswered: Batch[] = [];
  private onDrained: (() => void) | undefined;

  constructor(
    private readonly host: ExchangeHost,
    private readonly database: Database,
    private readonly pollMs: number,
  ) {
    this.strides = new Strides(host);
  }

  /** Something is to be reported, or there may be something to claim. */
  wake(isHungry: boolean): void {
    if (isHungry) this.isHungry = true;
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(outside, () => {
      this.isScheduled = false;
      this.pump();
    });
  }

  /** Nothing is under way, and the database had nothing when it was last asked. */
  get isAtRest(): boolean {
    return this.isQuiet && !this.isScheduled && !this.isHungry && this.isDeclaredIdle;
  }

  /** The database has nothing for this worker, and tells it when that changes. */
  private get isIdle(): boolean {
    return this.isDeclaredIdle && this.recovery === undefined && !this.isStopping;
  }

  /** A function may begin without an exchange: none that waits would have come first. */
  get mayBegin(): boolean {
    return this.isIdle && this.host.rooms(this.strides.waiting).turns > 0;
  }

  private get isQuiet(): boolean {
    return this.inFlight === 0 && this.answers === 0 && this.recovery === undefined;
  }

  private pump(): void {
    while (this.inFlight < LANES && this.recovery === undefined && !this.isEnded) {
      const batch = this.host.takeBatch();
      const free = this.freeRooms(batch);
      // While it is not declared idle nobody would tell it of work.
      const isHungry = this.isHungry || (isAny(free) && !this.isDeclaredIdle);
      if (isEmptyBatch(batch) && (!isHungry || this.isStopping || this.inFlight > 0)) break;
      void this.send(batch, this.roomsFor(free, isHungry));
    }
    if (this.isQuiet) this.onDrained?.();
  }

  /**
   * What the call that hands in a batch may claim. One at a time takes functions, or activities:
   * two would pass by each other's rows.
   */
  private freeRooms(batch: Batch): Load {
    const { asked, strides, host } = this;
    const coming = less(sum(asked, strides.waiting), endsOf(batch));
    const { turns, activities } = host.rooms(coming);
    return { turns: asked.turns ? 0 : turns, activities: asked.activities ? 0 : activities };
  }

  /** What the next exchange may claim, and whether the database is to tell when there is more. */
  private roomsFor(free: Load, isHungry: boolean): Rooms {
    if (this.isStopping) return REPORT_ONLY;
    const isAsBefore = !isHungry && this.isDeclaredIdle;
    return { ...free, isIdle: isAsBefore ? null : isAny(free) };
  }

  private async send(batch: Batch, rooms: Rooms): Promise<void> {
    this.inFlight += 1;
    this.isHungry = false;
    this.asked = sum(this.asked, rooms);
    let work: Work[] | undefined;
    const sentAt = performance.now();
    try {
      work = await exchange(this.database, this.host, rooms, batch, stepTeller());
    } catch (error) {
      this.unanswered.push(batch);
      this.recover(error);
    }
    telemetry()?.metrics?.exchanged(performance.now() - sentAt, work === undefined);
    this.inFlight -= 1;
    this.asked = less(this.asked, rooms);
    if (work !== undefined) {
      this.look(work, rooms);
      await this.handOn(batch, work, sentAt);
    }
  }

  private async handOn(batch: Batch, work: Work[], sentAt: number): Promise<void> {
    this.host.answered(batch, work, sentAt);
    await this.receiving(() => this.strides.handOn(batch, work));
  }

  /** While work comes, nobody finds out what is held: it may be on its way. Its place is kept. */
  async receiving<T>(ask: () => Promise<T>, turns = 0): Promise<T> {
    this.answers += 1;
    this.strides.waiting.turns += turns;
    try {
      return await ask();
    } finally {
      this.answers -= 1;
      this.strides.waiting.turns -= turns;
      this.wake(false);
    }
  }

  /** Decides whether to look again at once, or when. */
  private look(work: Work[], { isIdle }: Rooms): void {
    const next = work.find(({ kind }) => kind === 'next');
    const isAsBefore = work.some(({ kind }) => kind === 'idle') && this.sleepTimer !== undefined;
    const isSome = work.some(({ kind }) => kind !== 'lost');
    if (isAsBefore || (isIdle === null && !isSome)) return;
    this.isDeclaredIdle = next !== undefined;
    if (next !== undefined) this.sleep(next.value === null ? this.pollMs : Number(next.value));
    else if (isSome) this.isHungry = true;
    else this.sleep(this.pollMs);
  }

  private sleep(milliseconds: number): void {
    clearTimeout(this.sleepTimer);
    const look = () => {
      this.sleepTimer = undefined;
      void this.glance();
    };
    this.sleepTimer = setTimeout(look, Math.min(Math.max(milliseconds, 1), this.pollMs)).unref();
  }

  /** An idle worker whom nobody has notified looks without writing anything. */
  private async glance(): Promise<void> {
    if (this.isIdle) {
      // What keeps it from looking is met again, and dealt with, by the exchange.
      const next = await peek(this.database, this.host.workerId).catch(() => 0);
      if (next > 0 && this.isIdle) {
        this.sleep(next);
        return;
      }
    }
    this.wake(true);
  }

  /** Something got no answer, or the lease is gone: find out what is held, and repeat. */
  recover(error: unknown): void {
    this.recovery ??= this.comeBack(error).finally(() => {
      this.recovery = undefined;
      this.isDeclaredIdle = false;
      // A part that went alone may have lost its connection meanwhile.
      if (this.unanswered.length > 0 && !this.isEnded) this.recover(error);
      else this.wake(true);
    });
  }

  /** Repeats what got no answer until it does; repetition changes nothing that was done. */
  private async comeBack(first: unknown): Promise<void> {
    let error = first;
    let isUnknown = false;
    for (let attempt = 0; !this.isEnded; attempt += 1) {
      if (!isLost(error)) {
        this.host.onError(error);
        isUnknown ||= isConnectionError(error) || !isTransient(error);
        await backoff(attempt);
      }
      while (this.inFlight + this.answers > 0 && !this.isEnded) await backoff(0);
      if (this.isEnded) return;
      try {
        if (isLost(error)) {
          this.unanswered = [];
          await this.host.lost();
          return;
        }
        const isElsewhere = isOfOthers(error);
        if (isElsewhere) await this.clearTheWay();
        await this.resend(attempt > (isElsewhere ? LONGEST_TOGETHER : 0));
        if (isUnknown) await this.host.resync();
        return;
      } catch (next) {
        error = next;
      }
    }
  }

  clearTheWay(): Promise<number> {
    const { workerId } = this.host;
    return clearTheWay(this.database, workerId, (error) => this.host.onError(error));
  }

  /** From the second time on each job goes alone, so that one cannot hold up the others. */
  private async resend(isApart: boolean): Promise<void> {
    while (this.unanswered.length > 0) {
      const batch = this.unanswered[0] ?? NOTHING;
      const parts = isApart ? partsOf(batch) : [batch];
      for (const part of parts) await this.resendPart(part, isApart);
      this.unanswered.shift();
    }
  }

  private async resendPart(part: Batch, isApart: boolean): Promise<void> {
    try {
      await this.sendPart(part);
    } catch (error) {
      if (!isApart || !isOfPart(error)) throw error;
      void this.repeat(part, error);
    }
  }

  async sendPart(part: Batch): Promise<void> {
    if (isEmptyBatch(part)) return;
    const sentAt = performance.now();
    const work = await exchange(this.database, this.host, REPORT_ONLY, part, stepTeller());
    await this.handOn(part, work, sentAt);
  }

  /** Beside everything else, which it does not hold up. */
  private async repeat(part: Batch, refusal: unknown): Promise<void> {
    const left = await repeatPart(this.host, this, part, refusal);
    if (left !== undefined) {
      this.unanswered.push(left.part);
      this.recover(left.error);
      return;
    }
    // An exchange of a part tells the database that somebody is at work here.
    this.isDeclaredIdle = false;
    this.wake(true);
  }

  /** Resolves when everything finished has been handed in, or after `milliseconds`. */
  async drain(milliseconds: number): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.sleepTimer);
    const drained = new Promise<void>((resolve) => {
      this.onDrained = resolve;
      this.wake(false);
    });
    await within(milliseconds, drained);
    this.isEnded = true;
  }
}
