import type { Database } from '../database/database';
import { heldWork, type Work } from '../database/exchange';
import { emitEvents } from '../database/job-calls';
import { loadHistory } from '../database/turn-calls';
import type { Route } from '../database/worker-calls';
import { parseOptions } from './activities';
import { threadKey } from './address';
import { ClaimedActivities } from './claimed-activities';
import { ExchangeLoop, type ExchangeHost } from './exchange-loop';
import { Eviction, type EvictionHost } from './eviction';
import { History } from './history';
import { LiveTurn } from './live-turn';
import type { PendingCall } from './call';
import { LocalSteps, planOf } from './local-steps';
import { readHistories, Rebuilding } from './rebuilding';
import { Registration, type RegistrationOptions } from './registration';
import { emptyReport, isLast, type Batch } from './report';
import { continueAsNew, runWorkflow, type WorkflowFunction } from './run-workflow';
import { stepKey } from './step-key';
import { TurnCache } from './turn-cache';
import type { TurnHost } from './turn-host';

type Registered = Pick<RegistrationOptions, 'leaseSeconds' | 'isUpkept' | 'onError'>;

export interface EngineOptions extends Registered {
  /** Workflow functions running (not waiting) at once. Default 1,000. */
  maxTurns: number;
  /** Claimed activities running at once. Default 500. */
  maxActivities: number;
  /** Waiting functions kept in memory; the longest waiting beyond are rebuilt. Default 10,000. */
  cacheSize: number;
  /** Milliseconds between looks for work that nobody has told of. Default 1,000. */
  pollMs: number;
  onCommitted: (batch: Batch) => void;
}

const NO_ROOM = { turns: 0, activities: 0 };

function key(...parts: string[]): string {
  return parts.join('\n');
}

/** A worker process's side of the engine: what it serves, what it holds, what it reports. */
export class Engine implements TurnHost, ExchangeHost, EvictionHost {
  readonly turns: TurnCache;
  readonly rebuilding = new Rebuilding();
  private readonly dirty = new Set<LiveTurn>();
  /** Turns whose functions run at this moment, up to the next macrotask. */
  private busy: LiveTurn[] = [];
  private readonly workflows = new Map<string, WorkflowFunction>();
  private readonly activityQueues = new Map<string, Set<string>>(); // by namespace
  readonly claimed = new ClaimedActivities(this, () => this.loop.wake(true));
  private readonly localSteps = new LocalSteps(this.claimed);
  readonly loop: ExchangeLoop;
  private readonly registration: Registration;
  private readonly eviction: Eviction;
  private isStopped = false;

  constructor(
    readonly database: Database,
    private readonly options: EngineOptions,
  ) {
    this.turns = new TurnCache(options.cacheSize);
    this.eviction = new Eviction(this, database, this.turns);
    this.loop = new ExchangeLoop(this, database, options.pollMs);
    this.registration = new Registration(database, { ...options, onChange: () => this.notify() });
  }

  get workerId(): string {
    return this.registration.workerId;
  }

  async serveWorkflow(route: Required<Route>, run: WorkflowFunction): Promise<void> {
    this.workflows.set(key(route.namespace, route.queue, route.workflow), run);
    await this.registration.serve(route);
  }

  async serveActivities(route: Route): Promise<void> {
    await this.registration.serve(route);
    const queues = this.activityQueues.get(route.namespace) ?? new Set();
    this.activityQueues.set(route.namespace, queues.add(route.queue));
  }

  /** There may be work: somebody said so. */
  notify(): void {
    if (this.workerId !== '' && !this.isStopped) this.loop.wake(true);
  }

  // What a turn asks for.

  begin(turn: LiveTurn, pending: PendingCall): void {
    const { call } = pending;
    if (call.kind === 'continue') {
      void continueAsNew(turn, pending);
      return;
    }
    if (call.kind === 'trace') {
      turn.answerLocally(pending.position, { isFailed: false, value: 'true' });
      return;
    }
    const isServedHere =
      call.kind === 'activity' &&
      this.activityQueues.get(turn.work.namespace)?.has(call.queue ?? '') === true;
    if (isServedHere && !turn.isCareful) {
      this.localSteps.begin(turn, pending);
      return;
    }
    // Rebuilt after a crash, a step may have run before in a process like this one, and was not
    // recorded before it ran: that counts as an attempt.
    const mayHaveRun = isServedHere && !turn.isPastHistory;
    const isOnce = parseOptions(call.options).maximumAttempts === 0;
    turn.plan(planOf(turn, pending, { attempt: mayHaveRun && !isOnce ? 1 : 0 }));
  }

  emit({ work }: LiveTurn, events: string): void {
    const told = emitEvents(this.database, work.namespace, work.workflowId, events);
    void told.catch((error: unknown) => this.onError(error));
  }

  report(turn: LiveTurn): void {
    this.dirty.add(turn);
    this.turns.activate(turn);
    this.loop.wake(false);
  }

  settle(turn: LiveTurn): void {
    this.turns.activate(turn);
    if (this.busy.push(turn) > 1) return;
    setImmediate(() => {
      const settled = this.busy;
      this.busy = [];
      for (const each of settled) each.rest();
      for (const each of settled) this.park(each);
      this.loop.wake(false);
    });
  }

  private park(turn: LiveTurn): void {
    this.turns.park(turn);
    if (this.turns.isOverfull) void this.eviction.run();
  }

  // What the exchange asks for.

  takeBatch(): Batch {
    const batch: Batch = { turns: [], activities: this.claimed.takeReports() };
    for (const turn of this.dirty) {
      // One report of a job at a time: the next may depend on it.
      if (turn.isReporting) continue;
      this.dirty.delete(turn);
      if (!turn.hasReport) continue;
      turn.isReporting = true;
      const { jobId, address, report } = turn;
      batch.turns.push({ jobId, address, report });
      turn.report = emptyReport();
    }
    return batch;
  }

  rooms(): { turns: number; activities: number } {
    const { maxTurns, maxActivities } = this.options;
    const running = this.turns.activeCount + this.rebuilding.size;
    const turns = this.workflows.size === 0 ? 0 : maxTurns - running;
    const activities = this.activityQueues.size === 0 ? 0 : maxActivities - this.claimed.size;
    // A nearly full house waits until a batch is worth the call; and no call takes more than half,
    // so that the database works on one part while this process works on the other.
    if (turns < maxTurns / 4 && activities < maxActivities / 4) return NO_ROOM;
    return {
      turns: Math.max(Math.min(turns, Math.ceil(maxTurns / 2)), 0),
      activities: Math.max(Math.min(activities, Math.ceil(maxActivities / 2)), 0),
    };
  }

  committed(batch: Batch): void {
    this.options.onCommitted(batch);
    this.claimed.committed(batch.activities);
    for (const { jobId, address, report } of batch.turns) {
      const turn = this.turns.get(jobId, address);
      if (turn === undefined) continue;
      turn.isReporting = false;
      if (isLast(report)) {
        this.forget(turn);
        if (report.end !== undefined) this.release(jobId);
        continue;
      }
      if (turn.isCommitted) for (const action of turn.afterCommit.splice(0)) action();
      else this.dirty.add(turn);
      this.park(turn);
    }
  }

  /** A job has ended, unless it is persistent: its other threads need not wait here. */
  private release(jobId: string): void {
    const parked = this.turns.ofJob(jobId).filter((turn) => turn.isParked);
    if (parked.length > 0) void this.eviction.run(parked);
  }

  async received(work: Work[]): Promise<void> {
    if (this.isStopped) return; // it is handed back with the rest
    const kinds = ['turn', 'careful'];
    const rebuilds = this.rebuilding.begin(work.filter(({ kind }) => kinds.includes(kind)));
    for (const item of work) if (!this.rebuilding.keep(item)) this.receive(item);
    if (rebuilds.length === 0) return;
    const histories = await readHistories(
      this.database,
      rebuilds.map((rebuild) => rebuild.work),
      { isStopped: () => this.isStopped, onError: (error) => this.onError(error) },
    );
    for (const rebuild of rebuilds) {
      if (!this.rebuilding.end(rebuild)) continue;
      const { work: claimed } = rebuild;
      const history = new History(histories.get(threadKey(claimed.jobId, claimed.address)));
      this.run(new LiveTurn(claimed, history, this, claimed.kind === 'careful'));
      for (const item of rebuild.early) this.receive(item);
    }
  }

  private receive(work: Work): void {
    const turn = this.turns.get(work.jobId, work.address);
    if (work.kind === 'start') this.run(new LiveTurn(work, new History(), this, false));
    if (work.kind === 'activity') this.claimed.run(work);
    if (work.kind === 'result') turn?.answer(stepKey(work.address, work.position), work);
    if (work.kind === 'cancel') turn?.cancel();
    if (work.kind === 'lost' && turn !== undefined) this.forget(turn);
  }

  private run(turn: LiveTurn): void {
    const { namespace, queue, workflow } = turn.work;
    this.turns.add(turn);
    const run = this.workflows.get(key(namespace, queue, workflow));
    turn.start(() => runWorkflow(turn, run, () => this.report(turn), this.database.connection));
  }

  forget(turn: LiveTurn): void {
    turn.isOver = true;
    this.dirty.delete(turn);
    this.turns.remove(turn);
    this.loop.wake(false);
  }

  rejected(batch: Batch, error: unknown): void {
    this.onError(error);
    this.claimed.committed(batch.activities);
    for (const { jobId, address } of batch.turns) {
      const turn = this.turns.get(jobId, address);
      if (turn === undefined) continue;
      turn.isReporting = false;
      turn.isOver = true;
      const reason = error instanceof Error ? error.message : String(error);
      const stored = { message: `the engine refused a report: ${reason}`, code: 598 };
      turn.report = { ...emptyReport(), end: { result: null, error: JSON.stringify(stored) } };
      this.report(turn);
    }
  }

  async lost(): Promise<void> {
    this.rebuilding.forget();
    for (const turn of this.turns.all()) this.forget(turn);
    this.claimed.forget();
    if (!this.isStopped) await this.registration.register();
  }

  /** What the database says is held is held: run what is missing, forget what is not there. */
  async resync(): Promise<void> {
    await this.rebuilding.finished();
    const held = await heldWork(this.database, this.workerId);
    const turns = held.filter(({ kind }) => kind !== 'activity');
    const isHeld = new Set(turns.map(({ jobId, address }) => threadKey(jobId, address)));
    for (const turn of this.turns.all()) {
      if (!isHeld.has(threadKey(turn.jobId, turn.address))) this.forget(turn);
    }
    const known = turns.filter((work) => this.turns.get(work.jobId, work.address) !== undefined);
    const histories = await loadHistory(this.database, known);
    for (const { jobId, address, isCancelled } of known) {
      const turn = this.turns.get(jobId, address);
      for (const step of histories.get(threadKey(jobId, address)) ?? []) {
        const isAnswer = step.isDone && step.kind !== 'cancel' && step.kind !== 'patch';
        if (isAnswer) turn?.answer(stepKey(step.address, step.position), step);
      }
      if (isCancelled) turn?.cancel();
    }
    await this.received(held.filter((work) => !known.includes(work)));
  }

  onError(error: unknown): void {
    this.options.onError(error);
  }

  /** Hands in what is finished within `graceMs`, then hands the rest back at once. */
  async stop(graceMs: number): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.rebuilding.forget();
    this.eviction.stop();
    this.localSteps.stop();
    if (this.workerId !== '') await this.loop.drain(graceMs);
    for (const turn of this.turns.all()) this.forget(turn);
    await this.registration.end();
  }
}
