import { NO_ARGUMENTS, NO_HEADERS, type ActivityContext } from './context';
import { backoff } from '../backoff';
import type { Database } from '../database/database';
import { putBack } from '../database/worker-calls';
import type { ActivityClaim, StepTransaction } from '../database/step-transaction';
import type { Work } from '../database/exchange';
import { failure, parseOptions, runActivity, type Outcome, type Settled } from './activities';
import type { ActivityReport } from './report';
import type { Served } from './served';

/** What activities need of the engine that runs them. */
export interface ActivityHost {
  readonly database: Database;
  readonly workerId: string;
  readonly epoch: number;
  readonly served: Served;
  readonly isStopped: boolean;
  onError(error: unknown): void;
}

export type Execution = Omit<ActivityClaim, 'workerId'>;

/** With its attempt: the next may be claimed before the report of this one is known to count. */
function claimOf(of: Execution): string {
  return `${of.jobId}\n${of.address}\n${of.position}\n${of.attempt}`;
}

/** What a claimed activity may know of its call. */
export function contextOf(work: Work, open: ActivityContext['open']): ActivityContext {
  return {
    kind: 'activity',
    arguments: NO_ARGUMENTS,
    headers: NO_HEADERS,
    activityName: work.name,
    workflowId: work.workflowId,
    workflowTopic: `${work.value}-${work.workflow}`,
    namespace: work.namespace,
    taskQueue: work.queue,
    attempt: work.attempt,
    open,
  };
}

/** What is reported of an execution. */
export function reportOf(
  { jobId, address, position, attempt }: Execution,
  { isFailed, code, value }: Outcome,
): ActivityReport {
  return { jobId, address, position, attempt, isFailed, code, value };
}

/** Activities that were claimed from a queue, until the commit of their reports. */
export class ClaimedActivities {
  private readonly claimed = new Set<string>();
  private reports: ActivityReport[] = [];
  /** Counts losses of the lease: what was claimed before one is not reported after it. */
  private lease = 0;

  constructor(
    private readonly host: ActivityHost,
    private readonly onReport: () => void,
  ) {}

  get size(): number {
    return this.claimed.size;
  }

  /** Runs an activity and reports its outcome; one that is running already is left alone. */
  run(work: Work): void {
    const { jobId, address, position, attempt } = work;
    const claim = claimOf(work);
    if (this.claimed.has(claim)) return;
    this.claimed.add(claim);
    const { lease } = this;
    const settled: Settled = (outcome) => {
      if (lease !== this.lease) return;
      if (outcome.isRecorded) this.recorded(claim);
      else this.report(reportOf({ jobId, address, position, attempt }, outcome));
    };
    try {
      this.start(work, settled);
    } catch (error) {
      settled(failure(error)); // the row holds something that nobody here can read
    }
  }

  private start(work: Work, settled: Settled): void {
    const { jobId, address, position, attempt } = work;
    const callbacks = this.host.served.callbacksOf(work);
    if (callbacks === undefined) {
      const open = () => this.open({ jobId, address, position, attempt });
      runActivity(contextOf(work, open), work.input, parseOptions(work.options), settled, work);
    } else if (!callbacks.some(({ run }) => run(work, settled))) {
      this.giveBack(work);
    }
  }

  /** Somebody else may run it, or this process later. */
  giveBack(of: Execution): void {
    this.claimed.delete(claimOf(of));
    void this.putBack(of);
  }

  /**
   * Until it is done: what is held and not run would wait for as long as this process lives. A look
   * at what is held comes upon it by itself, and may have run it by now.
   */
  private async putBack(of: Execution): Promise<void> {
    const { database, workerId, epoch } = this.host;
    const isCurrent = () => workerId === this.host.workerId && epoch === this.host.epoch;
    for (let attempt = 0; isCurrent() && !this.host.isStopped; attempt += 1) {
      try {
        await putBack(database, { ...of, workerId, epoch });
        return;
      } catch (error) {
        if (isCurrent()) this.host.onError(error);
        await backoff(attempt);
      }
    }
  }

  open(of: Execution): Promise<StepTransaction> {
    const { database, workerId } = this.host;
    return database.stepTransactions.begin({ ...of, workerId });
  }

  /** The result is committed, and comes back with the next exchange as any other. */
  recorded(claim?: string): void {
    if (claim !== undefined) this.claimed.delete(claim);
    this.onReport();
  }

  /** It counts as claimed until the commit: a look at what is held is not to run it again. */
  report(report: ActivityReport): void {
    this.claimed.add(claimOf(report));
    this.reports.push(report);
    this.onReport();
  }

  takeReports(): ActivityReport[] {
    const taken = this.reports;
    this.reports = [];
    return taken;
  }

  committed(reports: ActivityReport[]): void {
    for (const report of reports) this.claimed.delete(claimOf(report));
  }

  /** Everything went to other workers. */
  forget(): void {
    this.lease += 1;
    this.claimed.clear();
    this.reports = [];
  }
}
