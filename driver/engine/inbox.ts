import { randomUUID } from 'node:crypto';
import { backoff } from '../backoff';
import * as calls from '../database/broadcast-calls';
import type { Database } from '../database/database';
import { GOODBYE_TIMEOUT_MS } from '../database/time-limits';
import { isConnectionError, isTransient, RatchetError } from '../errors';
import { log } from '../log';
import { outside } from '../outside';
import { within } from '../within';

const POLL_MS = 1_000;
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type Deliver = (topic: string, payload: string) => void;

interface Subscription extends calls.SubscriptionRow {
  deliver: Deliver | undefined;
}

/** Where the replies for one space come in. */
interface ReplyBox {
  id: string;
  opened: Promise<void>;
  openedAt: number;
}

/** A job started for a caller who waits, and its first answer if that was there at once. */
export interface Asked {
  jobId: string;
  answer: string | undefined;
}

/** An answer that nobody waits for yet, and the last call that had begun when it came. */
interface Early {
  payload: string;
  call: number;
}

/** Who waits for an answer. */
interface Waiting {
  jobId: string;
  resolve: (payload: string | undefined) => void;
  reject: (error: unknown) => void;
  timer?: NodeJS.Timeout;
}

function shutDown(jobId: string): RatchetError {
  const message = 'The connection was shut down while an answer was awaited.';
  return new RatchetError('WF403', message, {
    detail: { job_id: jobId },
    hint: 'The job goes on: read it with getState once there is a connection again.',
  });
}

function replyKey(subscription: string, jobId: string | null): string {
  return `${subscription}\n${jobId ?? ''}`;
}

/** Everything that is broadcast to this process: one query a look, for any number of listeners. */
export class Inbox {
  private readonly owner = randomUUID();
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly boxes = new Map<string, ReplyBox>();
  private readonly waiting = new Map<string, Waiting>();
  /** Answers that came while a call under way did not know the id of its job, in their order. */
  private readonly early = new Map<string, Early>();
  /** Those calls, by number, in the order in which they began. */
  private readonly starting = new Set<number>();
  private calls = 0;
  private asking = 0;
  private seen: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isDue = false;
  private isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly pollMs = POLL_MS,
  ) {}

  /** Listens from when the promise resolves on; resolves with what ends it. */
  async subscribe(
    space: string,
    pattern: string,
    isGlob: boolean,
    deliver: Deliver,
  ): Promise<string> {
    const id = randomUUID();
    const row = { id, owner: this.owner, space, pattern, isGlob };
    await calls.subscribe(this.database, row, LEASE_SECONDS);
    this.subscriptions.set(id, { ...row, deliver });
    this.keepAlive();
    this.look();
    return id;
  }

  async unsubscribe(id: string): Promise<void> {
    if (!this.subscriptions.delete(id)) return;
    await calls.unsubscribe(this.database, [id]);
  }

  /**
   * Starts a job by `ask` and waits for its first answer; undefined when that has not come within
   * `timeoutMs`, which may be Infinity.
   *
   * @throws RatchetError WF403 when the connection is shut down meanwhile
   */
  async ask(
    space: string,
    ask: (replyTo: string) => Promise<Asked>,
    timeoutMs: number,
  ): Promise<Asked> {
    const box = await this.replyBox(space);
    const call = (this.calls += 1);
    this.asking += 1;
    this.starting.add(call);
    try {
      const { jobId, answer } = await ask(box);
      const answered = answer ?? this.answered(box, jobId, timeoutMs);
      this.hasStarted(call);
      return { jobId, answer: await answered };
    } finally {
      this.hasStarted(call);
      this.asking -= 1;
    }
  }

  /** It knows its own id: what came before it did is kept for calls that began before that. */
  private hasStarted(call: number): void {
    if (!this.starting.delete(call)) return;
    const [oldest = Infinity] = this.starting;
    for (const [key, early] of this.early) {
      if (early.call >= oldest) return;
      this.early.delete(key);
    }
  }

  private answered(box: string, jobId: string, timeoutMs: number): Promise<string | undefined> {
    const key = replyKey(box, jobId);
    const early = this.early.get(key);
    this.early.delete(key);
    if (early !== undefined) return Promise.resolve(early.payload);
    if (this.isClosed) return Promise.reject(shutDown(jobId));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { jobId, resolve, reject };
      this.waiting.set(key, waiting);
      this.giveUpAfter(timeoutMs, key, waiting);
      this.look();
    });
  }

  /** One timer after the other, for a wait that is longer than one. */
  private giveUpAfter(timeoutMs: number, key: string, waiting: Waiting): void {
    const next = () => {
      if (timeoutMs > LONGEST_TIMER_MS)
        this.giveUpAfter(timeoutMs - LONGEST_TIMER_MS, key, waiting);
      else this.settled(key)?.resolve(undefined);
    };
    waiting.timer = setTimeout(next, Math.min(timeoutMs, LONGEST_TIMER_MS));
  }

  /** Nobody waits for it any more; who did, if anybody, is to be told. */
  private settled(key: string): Waiting | undefined {
    const waiting = this.waiting.get(key);
    this.waiting.delete(key);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  private async replyBox(space: string): Promise<string> {
    const known = this.boxes.get(space);
    const isFresh = known !== undefined && performance.now() - known.openedAt < RENEW_MS;
    const box = isFresh ? known : this.open(space, known?.id ?? randomUUID());
    await box.opened;
    return box.id;
  }

  private open(space: string, id: string): ReplyBox {
    const row = { id, owner: this.owner, space, pattern: null, isGlob: false };
    const opened = calls.subscribe(this.database, row, LEASE_SECONDS);
    const box = { id, opened, openedAt: performance.now() };
    this.boxes.set(space, box);
    opened.catch(() => this.boxes.delete(space));
    this.keepAlive();
    return box;
  }

  /** Renews what is listened to; a subscription whose process falls silent ends by itself. */
  private keepAlive(): void {
    this.renewal ??= setInterval(outside, RENEW_MS, () => this.renew()).unref();
  }

  private async renew(): Promise<void> {
    for (const [space, box] of this.boxes) if (this.waiting.size > 0) this.open(space, box.id);
    for (const subscription of this.subscriptions.values()) {
      try {
        await calls.subscribe(this.database, subscription, LEASE_SECONDS);
      } catch (error) {
        log('warn', 'a subscription could not be renewed', error);
      }
    }
  }

  /** Something may have come. */
  look(): void {
    this.isDue = true;
    if (this.isLooking || this.isClosed) return;
    if (this.subscriptions.size === 0 && this.asking === 0) return;
    this.isLooking = true;
    setImmediate(outside, () => this.lookUntilDone());
  }

  private async lookUntilDone(): Promise<void> {
    clearTimeout(this.timer);
    for (let failures = 0; this.isDue && !this.isClosed;) {
      this.isDue = false;
      try {
        await this.lookOnce();
        failures = 0;
      } catch (error) {
        log('warn', 'broadcasts could not be read', error);
        if (!isConnectionError(error) && !isTransient(error)) break;
        this.isDue = true;
        await backoff((failures += 1));
      }
    }
    this.isLooking = false;
    this.timer = setTimeout(() => this.look(), this.pollMs).unref();
  }

  private async lookOnce(): Promise<void> {
    const rows = await calls.takeBroadcasts(this.database, this.owner, this.seen);
    this.seen = rows.map(({ id }) => id);
    for (const row of rows) this.deliver(row);
    if (rows.length > 0) this.isDue = true; // there may be more, and these are to be dropped
  }

  private deliver({ subscription, topic, job, payload }: calls.BroadcastRow): void {
    const listener = this.subscriptions.get(subscription)?.deliver;
    if (listener !== undefined) {
      listener(topic ?? '', payload);
      return;
    }
    const key = replyKey(subscription, job);
    const waiting = this.settled(key);
    if (waiting !== undefined) waiting.resolve(payload);
    else if (this.starting.size > 0 && !this.early.has(key)) {
      this.early.set(key, { payload, call: this.calls });
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearInterval(this.renewal);
    for (const [key, { jobId, reject }] of this.waiting) {
      this.settled(key);
      reject(shutDown(jobId));
    }
    const ids = [...this.subscriptions.keys(), ...[...this.boxes.values()].map(({ id }) => id)];
    this.subscriptions.clear();
    this.boxes.clear();
    if (ids.length === 0) return;
    const gone = calls.unsubscribe(this.database, ids);
    await within(
      GOODBYE_TIMEOUT_MS,
      gone.catch(() => undefined),
    );
  }
}
