import type { ActivityContext } from './context';
import type { Work } from '../database/exchange';
import { parseOptions, runActivity, type Settled } from './activities';
import type { ActivityReport } from './report';
import type { CallbackEntry } from './served';

export interface ClaimedActivitiesHost {
  onReport: () => void;
  /** The functions that run what is not an activity by name. */
  callbacksOf: (work: Work) => readonly CallbackEntry[] | undefined;
  /** Nobody here can run it. */
  putBack: (work: Work) => void;
}

function claimOf(of: { jobId: string; address: string; position: number }): string {
  return `${of.jobId}\n${of.address}\n${of.position}`;
}

/** What a claimed activity may know of its call. */
export function contextOf(work: Work): ActivityContext {
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
  };
}

/** Activities that were claimed from a queue, until the commit of their reports. */
export class ClaimedActivities {
  private readonly claimed = new Set<string>();
  private reports: ActivityReport[] = [];
  /** Counts losses of the lease: what was claimed before one is not reported after it. */
  private lease = 0;

  constructor(private readonly host: ClaimedActivitiesHost) {}

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
      if (lease === this.lease) this.report({ jobId, address, position, attempt, ...outcome });
    };
    const callbacks = this.host.callbacksOf(work);
    if (callbacks === undefined) {
      runActivity(contextOf(work), work.input, parseOptions(work.options), settled);
    } else if (!callbacks.some(({ run }) => run(work, settled))) {
      this.claimed.delete(claim);
      this.host.putBack(work);
    }
  }

  report(report: ActivityReport): void {
    this.reports.push(report);
    this.host.onReport();
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
