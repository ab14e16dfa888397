import { isRetriedLocally, parseOptions, runActivity, type Outcome } from './activities';
import type { ActivityContext } from './context';
import type { LiveTurn } from './live-turn';
import type { PendingCall } from './call';
import type { ActivityReport, PlanReport } from './report';
import { placeOf } from './step-key';

/** A step that takes longer is made visible, and leased, by the next exchange. */
const VISIBLE_AFTER_MS = 1_000;
const SWEEP_MS = 500;

interface Running {
  turn: LiveTurn;
  call: PendingCall;
  startedAt: number;
  /** The plan that makes it visible, once there is one. */
  plan?: PlanReport;
}

export function planOf(pending: PendingCall, changes: Partial<PlanReport> = {}): PlanReport {
  const { kind, name, call } = pending;
  const { input, queue, delay, options } = call;
  const plan = { ...placeOf('', pending.position), kind, name, input, queue, delay, options };
  return { ...plan, attempt: 0, isHeld: false, isFailed: false, ...changes };
}

/**
 * Activities run in the process that runs their workflow. Only the result is written, unless the
 * step takes long, fails, or may run only once: then it becomes a message like any other.
 */
export class LocalSteps {
  private readonly running = new Set<Running>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly finished: (report: ActivityReport) => void) {
    this.timer = setInterval(() => this.showLongOnes(), SWEEP_MS).unref();
  }

  /** Runs a step once what it depends on is committed. */
  begin(turn: LiveTurn, call: PendingCall): void {
    turn.running += 1;
    const mayRunOnce = parseOptions(call.call.options).maximumAttempts === 0;
    turn.whenCommitted(() => {
      if (!mayRunOnce) {
        this.run({ turn, call, startedAt: performance.now() });
        return;
      }
      // A crash must not run it again: it is recorded, with its attempt, before it runs.
      const plan = planOf(call, { attempt: 1, isHeld: true });
      turn.plan(plan);
      turn.whenCommitted(() => this.run({ turn, call, startedAt: performance.now(), plan }));
    });
  }

  private run(step: Running): void {
    const { turn, call } = step;
    if (turn.isOver) return;
    this.running.add(step);
    const { namespace, workflowId, workflow, queue } = turn.work;
    const store: ActivityContext = {
      kind: 'activity',
      arguments: [],
      headers: {},
      activityName: call.name,
      workflowId,
      workflowTopic: `${queue}-${workflow}`,
      namespace,
      taskQueue: call.call.queue ?? queue,
      attempt: 1,
    };
    runActivity(store, call.call.input, parseOptions(call.call.options), (outcome) => {
      this.running.delete(step);
      turn.running -= 1;
      if (!turn.isOver) this.settle(step, outcome);
    });
  }

  private settle(step: Running, outcome: Outcome): void {
    const { turn, call, plan } = step;
    const unsent = plan === undefined ? -1 : turn.report.plans.indexOf(plan);
    if (plan !== undefined && unsent < 0) {
      const { jobId } = turn;
      const report = { jobId, address: '', position: call.position, attempt: 1, ...outcome };
      turn.whenCommitted(() => this.finished(report));
      return;
    }
    if (unsent >= 0) turn.report.plans.splice(unsent, 1);
    if (outcome.isFailed && isRetriedLocally(parseOptions(call.call.options), outcome.code)) {
      turn.plan(planOf(call, { attempt: 1, isFailed: true }));
    } else {
      turn.answerLocally(call.position, outcome);
    }
  }

  private showLongOnes(): void {
    const before = performance.now() - VISIBLE_AFTER_MS;
    for (const step of this.running) {
      if (step.plan !== undefined || step.startedAt > before || step.turn.isOver) continue;
      step.plan = planOf(step.call, { attempt: 1, isHeld: true });
      step.turn.plan(step.plan);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
