import { backoff } from '../backoff';
import type { Database } from '../database/database';
import type { Work } from '../database/exchange';
import { watchJobs, type FinishedJob } from '../database/job-calls';
import { isOfStatement } from '../connection-errors';
import { isConnectionError, isTransient, RatchetError } from '../errors';
import { log } from '../log';
import { outside } from '../outside';
import { isHookAddress } from './address';
import type { Batch } from './report';
import type { TurnCache } from './turn-cache';

const POLL_MS = 1_000;
/** So many starts without a wait, and the caller is taken for one who does not wait. */
const STARTS_UNAWAITED = 20;
/** Beyond so many, jobs that were started and not yet waited for are forgotten. */
const MOST_STARTED = 1_000;

interface Caller {
  /** When it began to wait. */
  since: number;
  resolve: (job: FinishedJob | undefined) => void;
  reject: (error: unknown) => void;
}

interface Waiting {
  namespace: string;
  workflowId: string;
  callers: Caller[];
}

function shutDown(): RatchetError {
  return new RatchetError('WF403', 'The connection was shut down while a result was awaited.');
}

/** Waits for the ends of jobs: any number of callers, one query a look. */
export class ResultWaiter {
  private readonly waiting = new Map<string, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isDue = false;
  private isClosed = false;
  /** The database has answered once. */
  private hasLooked = false;
  private unawaited = STARTS_UNAWAITED;
  private isListening = false;
  /** Notifications so far, and connections to hear them on. */
  private heard = 0;
  /** Watched jobs that were started here, with what had been heard before. */
  private readonly started = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly pollMs = POLL_MS,
  ) {}

  /**
   * Whether a job that is started now is likely to be waited for: it is then started as watched,
   * which saves the commit that would mark it, and the look that would tell that it still runs.
   */
  expectsWait(namespace: string, workflowId: string): boolean {
    this.unawaited += 1;
    if (this.unawaited > STARTS_UNAWAITED) return false;
    if (this.started.size >= MOST_STARTED) this.started.clear();
    if (this.isListening) this.started.set(`${namespace}\n${workflowId}`, this.heard);
    return true;
  }

  /**
   * The finished job, or one with status null if there is none of that id. With a timeout,
   * undefined when it passes first.
   */
  wait(namespace: string, workflowId: string): Promise<FinishedJob>;
  wait(namespace: string, workflowId: string, timeoutMs: number): Promise<FinishedJob | undefined>;
  wait(
    namespace: string,
    workflowId: string,
    timeoutMs?: number,
  ): Promise<FinishedJob | undefined> {
    this.unawaited = 0;
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(shutDown());
        return;
      }
      const id = `${namespace}\n${workflowId}`;
      const entry = this.waiting.get(id) ?? { namespace, workflowId, callers: [] };
      const caller: Caller = { since: performance.now(), resolve, reject };
      entry.callers.push(caller);
      this.waiting.set(id, entry);
      if (timeoutMs !== undefined) this.giveUpAfter(timeoutMs, id, caller);
      const isSure = this.isListening && this.started.get(id) === this.heard;
      this.started.delete(id);
      // Its end would have been heard of.
      if (isSure) this.lookLater();
      else this.look();
    });
  }

  private giveUpAfter(timeoutMs: number, id: string, caller: Caller): void {
    const { resolve, reject } = caller;
    const timer = setTimeout(() => {
      const entry = this.waiting.get(id);
      this.leave(id, entry?.callers.filter((other) => other !== caller) ?? []);
      resolve(undefined);
    }, timeoutMs);
    caller.resolve = (job) => {
      clearTimeout(timer);
      resolve(job);
    };
    caller.reject = (error) => {
      clearTimeout(timer);
      reject(error);
    };
  }

  /** Only these wait on. */
  private leave(id: string, callers: Caller[]): void {
    const entry = this.waiting.get(id);
    if (entry !== undefined && callers.length > 0) entry.callers = callers;
    else this.waiting.delete(id);
  }

  /** Whether ends are heard of; what happened while they were not is looked at now. */
  listening(isConnected: boolean): void {
    this.isListening = isConnected;
    this.hear();
  }

  /** A job that is watched has ended. */
  hear(): void {
    this.heard += 1;
    this.look();
  }

  /** Something may have ended. */
  look(): void {
    this.isDue = true;
    if (this.isLooking || this.waiting.size === 0) return;
    this.isLooking = true;
    setImmediate(outside, () => this.lookUntilDone());
  }

  private async lookUntilDone(): Promise<void> {
    clearTimeout(this.timer);
    for (let failures = 0; this.isDue && this.waiting.size > 0;) {
      this.isDue = false;
      try {
        await this.lookOnce();
        failures = 0;
        this.hasLooked = true;
      } catch (error) {
        if (this.isFinal(error)) {
          this.reject(error);
          break;
        }
        // The database is away: whoever waits goes on waiting.
        if (failures === 0) log('debug', 'ends of jobs cannot be looked at', error);
        this.isDue = true;
        await backoff((failures += 1));
      }
    }
    this.isLooking = false;
    if (this.isDue) this.look();
    else if (this.waiting.size > 0) this.lookLater();
  }

  /** What keeps the first look from a session would keep all: a wrong password, say. */
  private isFinal(error: unknown): boolean {
    if (isConnectionError(error) || isTransient(error)) return false;
    return !this.hasLooked || error instanceof RatchetError || isOfStatement(error);
  }

  private lookLater(): void {
    if (this.isLooking) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), this.pollMs);
  }

  private async lookOnce(): Promise<void> {
    const byNamespace = new Map<string, string[]>();
    for (const { namespace, workflowId } of this.waiting.values()) {
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), workflowId]);
    }
    for (const [namespace, ids] of byNamespace) {
      const askedAt = performance.now();
      const jobs = await watchJobs(this.database, namespace, ids);
      for (const job of jobs) this.ended(namespace, job, askedAt);
    }
  }

  /**
   * A job has ended, and that is committed. Who began to wait after `askedAt`, when what told of it
   * was sent, may wait for the next job of the id, and looks for himself.
   */
  ended(namespace: string, job: FinishedJob, askedAt: number): void {
    const id = `${namespace}\n${job.workflowId}`;
    const callers = this.waiting.get(id)?.callers ?? [];
    const later = callers.filter(({ since }) => since > askedAt);
    this.leave(id, later);
    for (const caller of callers) if (!later.includes(caller)) caller.resolve(job);
    if (later.length > 0) this.look();
    else if (this.waiting.size === 0) clearTimeout(this.timer);
  }

  get isAwaited(): boolean {
    return this.waiting.size > 0;
  }

  /** Whoever waits gets this error. */
  reject(error: unknown): void {
    for (const { callers } of this.waiting.values()) {
      for (const caller of callers) caller.reject(error);
    }
    this.waiting.clear();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.reject(shutDown());
  }
}

/**
 * Tells those who wait here how jobs ended that a worker of this process has ended, by a report
 * that was sent at `sentAt`. An end that the database did not count comes back as lost.
 */
export function tellEnds(
  results: ResultWaiter,
  threads: Pick<TurnCache, 'get'>,
  { turns }: Batch,
  work: readonly Work[],
  sentAt = performance.now(),
): void {
  if (!results.isAwaited) return;
  const lost = new Set(work.filter(({ kind }) => kind === 'lost').map(({ jobId }) => jobId));
  for (const { jobId, address, report } of turns) {
    if (report.end === undefined || isHookAddress(address) || lost.has(jobId)) continue;
    const turn = threads.get(jobId, address);
    if (turn === undefined) continue;
    const { namespace, workflowId } = turn.work;
    results.ended(namespace, { workflowId, status: 0, ...report.end }, sentAt);
  }
}
