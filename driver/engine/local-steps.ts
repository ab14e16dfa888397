import type { StepTransaction } from '../database/step-transaction';
import type { Work } from '../database/exchange';
import { RatchetError } from '../errors';
import { isRetriedLocally, parseOptions, runActivity, type Outcome } from './activities';
import { reportOf, type ClaimedActivities, type Execution } from './claimed-activities';
import { NO_ARGUMENTS, NO_HEADERS, type ActivityContext } from './context';
import type { LiveTurn } from './live-turn';
import type { PendingCall } from './call';
import { PlacedList, type Placed } from './placed-list';
import type { PlanReport } from './report';
import { placeOf } from './step-key';

/** A step that takes longer is made visible, and leased, by the next exchange. */
const VISIBLE_AFTER_MS = 1_000;
const SWEEP_MS = 500;

interface Running extends Placed {
  turn: LiveTurn;
  call: PendingCall;
  startedAt: number;
  /** The plan that makes it visible, once there is one. */
  plan?: PlanReport;
}

type PlanChanges = Partial<Pick<PlanReport, 'attempt' | 'isHeld' | 'isFailed'>>;

export function planOf(
  turn: LiveTurn,
  { kind, name, position, call }: PendingCall,
  { attempt = 0, isHeld = false, isFailed = false }: PlanChanges = {},
): PlanReport {
  const place = placeOf(turn.address, position);
  // Plain fields: with spreads this took an eighth of the time of a process with steps on queues.
  return {
    address: place.address,
    position: place.position,
    kind,
    name,
    input: call.input,
    queue: call.queue,
    delay: call.delay,
    attempt,
    isHeld,
    isFailed,
    options: call.options,
  };
}

/**
 * Activities run in the process that runs their workflow. Only the result is written, unless the
 * step takes long, fails, or may run only once: then it becomes a message like any other.
 */
export class LocalSteps {
  private readonly running = new PlacedList<Running>();
  private readonly timer: NodeJS.Timeout;
  /** How many have begun, ever. */
  begun = 0;

  constructor(private readonly claimed: ClaimedActivities) {
    this.timer = setInterval(() => this.showLongOnes(), SWEEP_MS).unref();
  }

  /** Runs a step once what it depends on is committed. */
  begin(turn: LiveTurn, call: PendingCall): void {
    turn.running += 1;
    const mayRunOnce = parseOptions(call.call.options).maximumAttempts === 0;
    turn.whenCommitted(() => {
      if (isDropped(turn, call)) return;
      if (!mayRunOnce) {
        this.run({ turn, call, startedAt: performance.now(), place: -1 });
        return;
      }
      // A crash must not run it again: it is recorded, with its attempt, before it runs.
      const plan = planOf(turn, call, { attempt: 1, isHeld: true });
      turn.plan(plan);
      turn.whenCommitted(() => {
        // Held and not run, it would wait for as long as this process lives.
        if (turn.isOver) this.claimed.giveBack(executionOf(turn, plan));
        this.run({ turn, call, startedAt: performance.now(), plan, place: -1 });
      });
    });
  }

  private run(step: Running): void {
    const { turn, call } = step;
    if (isDropped(turn, call)) return;
    this.begun += 1;
    this.running.add(step);
    const { namespace, workflowId, workflow, queue } = turn.work;
    const store: ActivityContext = {
      kind: 'activity',
      arguments: NO_ARGUMENTS,
      headers: NO_HEADERS,
      activityName: call.name,
      workflowId,
      workflowTopic: `${queue}-${workflow}`,
      namespace,
      taskQueue: call.call.queue ?? queue,
      attempt: 1,
      open: () => this.open(step),
    };
    const settled = (outcome: Outcome) => {
      this.running.delete(step);
      turn.running -= 1;
      this.settle(step, outcome);
    };
    const site = { jobId: turn.jobId, position: call.position, workflow };
    runActivity(store, call.call.input, parseOptions(call.call.options), settled, site);
  }

  private settle(step: Running, outcome: Outcome): void {
    const { turn, call, plan } = step;
    if (outcome.isRecorded) {
      this.claimed.recorded();
      return;
    }
    const isUnsent = plan !== undefined && turn.report.plans.includes(plan);
    if (plan !== undefined && (turn.isOver || !isUnsent)) {
      this.report(step, plan, outcome);
      return;
    }
    if (!turn.isAwaiting(call)) return;
    if (isUnsent) turn.withdraw((other) => other === plan);
    if (outcome.isFailed && isRetriedLocally(parseOptions(call.call.options), outcome.code)) {
      turn.plan(planOf(turn, call, { attempt: 1, isFailed: true }));
    } else {
      turn.answerLocally(call.position, outcome);
    }
  }

  /** Of a recorded step, like that of a claimed one: the next run of the function waits for it. */
  private report(step: Running, plan: PlanReport, outcome: Outcome): void {
    const { turn } = step;
    // Until then a look at what is held must find it here, and not run it again.
    this.running.add(step);
    turn.whenCommitted(() => {
      this.running.delete(step);
      this.claimed.report(reportOf(executionOf(turn, plan), outcome));
    });
  }

  /**
   * A step that has no record cannot be fenced: it is recorded, as held here, before its
   * transaction begins.
   */
  private async open(step: Running): Promise<StepTransaction> {
    const { turn, call } = step;
    if (!turn.isAwaiting(call)) throw lost();
    const plan = (step.plan ??= this.show(step));
    await new Promise<void>((resolve) => turn.whenCommitted(resolve));
    return this.claimed.open(executionOf(turn, plan));
  }

  private show({ turn, call }: Running): PlanReport {
    const plan = planOf(turn, call, { attempt: 1, isHeld: true });
    turn.plan(plan);
    return plan;
  }

  private showLongOnes(): void {
    const before = performance.now() - VISIBLE_AFTER_MS;
    for (const step of this.running.all()) {
      if (step.plan !== undefined || step.startedAt > before) continue;
      if (!step.turn.isAwaiting(step.call)) continue;
      step.plan = this.show(step);
    }
  }

  /** Whether a claimed activity is one of these, made visible. */
  isRunning({ kind, jobId, address, position, attempt }: Work): boolean {
    if (kind !== 'activity' || attempt > 1) return false;
    return this.running
      .all()
      .some(
        ({ turn, call }) =>
          turn.jobId === jobId && turn.address === address && call.position === position,
      );
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** What a step that was recorded as held here is to the engine. */
function executionOf({ jobId }: LiveTurn, { address, position }: PlanReport): Execution {
  return { jobId, address, position, attempt: 1 };
}

/** Whether a step that has not begun has nobody to answer any more: it never will. */
function isDropped(turn: LiveTurn, call: PendingCall): boolean {
  if (turn.isAwaiting(call)) return false;
  turn.running -= 1;
  return true;
}

function lost(): RatchetError {
  return new RatchetError('WF402', 'The job went to another worker, ended, or was cancelled.');
}
