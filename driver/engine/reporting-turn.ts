import { appended, emptyReport, isEmptyReport, NONE } from './report';
import type { PlanReport, StepReport, TurnReport } from './report';

/** What a turn has done that is not committed, and what waits until it is. */
export abstract class ReportingTurn {
  report: TurnReport = emptyReport();
  /** An exchange with a report of this turn is in flight. */
  isReporting = false;
  /** It is among those that the next exchange asks for their reports. */
  isUnreported = false;
  private afterCommit: readonly (() => void)[] = NONE;

  /** There is something to report. */
  protected abstract askToReport(): void;

  /** Whether there is anything to report now; an order alone waits for an effect. */
  get hasReport(): boolean {
    return !isEmptyReport(this.report) || (this.afterCommit.length > 0 && !this.isCommitted);
  }

  /** Nothing of it is uncommitted. */
  get isCommitted(): boolean {
    return !this.isReporting && isEmptyReport(this.report) && this.report.deliveries.length === 0;
  }

  /** Hands in a step with its result. */
  record(step: StepReport): void {
    this.report.steps = appended(this.report.steps, step);
    this.askToReport();
  }

  /** Hands in a step that somebody else is to answer. */
  plan(plan: PlanReport): void {
    this.report.plans = appended(this.report.plans, plan);
    this.askToReport();
  }

  /** Takes back plans that are not in flight; if nothing is left to commit, what waited goes on. */
  withdraw(isWithdrawn: (plan: PlanReport) => boolean): void {
    this.report.plans = this.report.plans.filter((plan) => !isWithdrawn(plan));
    if (this.isCommitted) this.committed();
  }

  /** Runs `action` once everything reported so far is committed; at once if nothing is open. */
  whenCommitted(action: () => void): void {
    if (this.isCommitted) action();
    else {
      this.afterCommit = appended(this.afterCommit, action);
      this.askToReport();
    }
  }

  /** Nothing more is reported; what waits for a commit finds out for itself what became of it. */
  close(): void {
    this.isReporting = false;
    if (!this.isCommitted) this.report = emptyReport();
    this.committed();
  }

  /** Runs what has waited, now that everything reported is committed. */
  committed(): void {
    const actions = this.afterCommit;
    this.afterCommit = NONE;
    for (const action of actions) action();
  }
}
