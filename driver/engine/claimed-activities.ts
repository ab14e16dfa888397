import type { ActivityContext } from './context';
import type { Database } from '../database/database';
import type { ActivityClaim, StepTransaction } from '../database/step-transaction';
import type { Work } from '../database/exchange';
import { parseOptions, runActivity, type Settled } from './activities';
import type { ActivityReport } from './report';
import type { Served } from './served';

/** What activities need of the engine that runs them. */
export interface ActivityHost {
  readonly database: Database;
  readonly workerId: string;
  readonly served: Served;
  /** Nobody here can run it. */
  putBack(work: Work): void;
}

function claimOf(of: { jobId: string; address: string; position: number }): string {
  return `${of.jobId}\n${of.address}\n${of.position}`;
}

/** What a claimed activity may know of its call. */
export function contextOf(work: Work, open: ActivityContext['open']): ActivityContext {
  return {
    kind: 'activity',
    arguments: [],
    headers: {},
    activityName: work.name,
    workflowId: work.workflowId,
    workflowTopic: `${work.value}-${work.workflow}`,
    namespace: work.namespace,
    taskQueue: work.queue,
    attempt: work.attempt,
    open,
  };
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
      else this.report({ jobId, address, position, attempt, ...outcome });
    };
    const callbacks = this.host.served.callbacksOf(work);
    if (callbacks === undefined) {
      const open = () => this.open({ jobId, address, position, attempt });
      runActivity(contextOf(work, open), work.input, parseOptions(work.options), settled, work);
    } else if (!callbacks.some(({ run }) => run(work, settled))) {
      this.claimed.delete(claim);
      this.host.putBack(work);
    }
  }

  open(of: Omit<ActivityClaim, 'workerId'>): Promise<StepTransaction> {
    const { database, workerId } = this.host;
    return database.stepTransactions.begin({ ...of, workerId });
  }

  /** The result is committed, and comes back with the next exchange as any other. */
  recorded(claim?: string): void {
    if (claim !== undefined) this.claimed.delete(claim);
    this.onReport();
  }

  report(report: ActivityReport): void {
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
