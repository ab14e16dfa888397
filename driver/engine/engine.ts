import type { Database } from '../database/database';
import type { Work } from '../database/exchange';
import { emitEvents } from '../database/job-calls';
import type { Route } from '../database/worker-calls';
import type { LogLevel } from '../log';
import { outside } from '../outside';
import { parseOptions } from './activities';
import { threadKey, threadOf } from './address';
import { ClaimedActivities } from './claimed-activities';
import type { EagerHost } from './eager-start';
import { ExchangeLoop, type ExchangeHost } from './exchange-loop';
import { Eviction, type EvictionHost } from './eviction';
import { History } from './history';
import { LiveTurn } from './live-turn';
import type { PendingCall } from './call';
import { roomLeft, sum, type Load } from './load';
import { LocalSteps, planOf } from './local-steps';
import { readHistories, Rebuilding } from './rebuilding';
import { Registration, type RegistrationOptions } from './registration';
import { isLast, refusalOf, type Batch } from './report';
import { continueAsNew, runWorkflow, type WorkflowFunction } from './run-workflow';
import { resync, type ResyncHost } from './resync';
import { Served } from './served';
import { stepKey } from './step-key';
import { TurnCache } from './turn-cache';
import type { TurnHost } from './turn-host';
import { Unreported } from './unreported';

type Registered = Pick<RegistrationOptions, 'leaseSeconds' | 'isUpkept' | 'onError'>;

export interface EngineOptions extends Registered {
  /** Workflow functions that run, or whose results are not committed, at once. Default 2,000. */
  maxTurns: number;
  /** Claimed activities at once, likewise. Default 500. */
  maxActivities: number;
  /** Waiting functions kept in memory; the longest waiting beyond are rebuilt. Default 10,000. */
  cacheSize: number;
  /** Milliseconds between looks for work that nobody has told of. Default 1,000. */
  pollMs: number;
  onAnswered: (batch: Batch, work: readonly Work[], sentAt: number) => void;
  logLevel?: LogLevel;
}

/** A worker process's side of the engine: what it serves, what it holds, what it reports. */
export class Engine implements TurnHost, ExchangeHost, EvictionHost, ResyncHost, EagerHost {
  readonly turns: TurnCache;
  readonly rebuilding = new Rebuilding();
  private readonly unreported = new Unreported();
  /** Turns whose functions run at this moment, up to the next macrotask. */
  private busy: LiveTurn[] = [];
  readonly served = new Served(() => this.logLevel);
  readonly claimed = new ClaimedActivities(this, () => this.loop.wake(true));
  private readonly localSteps = new LocalSteps(this.claimed);
  readonly loop: ExchangeLoop;
  readonly registration: Registration;
  private readonly eviction: Eviction;
  isStopped = false;
  private stopping: Promise<void> | undefined;

  constructor(
    readonly database: Database,
    private readonly options: EngineOptions,
  ) {
    this.turns = new TurnCache(options.cacheSize);
    this.eviction = new Eviction(this, database, this.turns);
    this.loop = new ExchangeLoop(this, database, options.pollMs);
    const onChange = () => this.notify();
    this.registration = new Registration(database, { ...options, onChange });
  }

  get logLevel(): LogLevel | undefined {
    return this.options.logLevel;
  }

  get connection(): unknown {
    return this.database.connection;
  }

  get workerId(): string {
    return this.registration.workerId;
  }

  get epoch(): number {
    return this.registration.epoch;
  }

  async serveWorkflow(route: Route & { workflow: string }, run: WorkflowFunction): Promise<void> {
    this.served.addWorkflow(route, run);
    await this.registration.serve(route);
  }

  async serveActivities(route: Route): Promise<void> {
    await this.registration.serve(route);
    this.served.addActivities(route.namespace, route.queue);
  }

  /** Serves a route whose functions are in `served`, or the graphs of an app. */
  async serve(route: Route): Promise<void> {
    await this.registration.serve(route);
  }

  /** Takes nothing new for these, unless others here serve the same; what waits is given back. */
  async withdraw(routes: Route[]): Promise<void> {
    this.served.removeActivities(await this.registration.withdraw(routes));
    for (const route of routes) this.served.removeWorkflow(route);
    this.eviction.leave();
  }

  servesOnly(routes: Route[]): boolean {
    return this.registration.servesOnly(routes);
  }

  /** There may be work: somebody said so. */
  notify(): void {
    if (this.workerId !== '' && !this.isStopped) this.loop.wake(true);
  }

  get stepsBegun(): number {
    return this.localSteps.begun;
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
      this.served.hasActivitiesOf(turn.work.namespace, call.queue ?? '');
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
    this.unreported.add(turn);
    this.turns.activate(turn);
    this.loop.wake(false);
  }

  settle(turn: LiveTurn): void {
    this.turns.activate(turn);
    if (this.busy.push(turn) > 1) return;
    setImmediate(outside, () => {
      const settled = this.busy;
      this.busy = [];
      for (const each of settled) each.rest();
      for (const each of settled) this.park(each);
      this.loop.wake(false);
    });
  }

  private park(turn: LiveTurn): void {
    this.turns.park(turn);
    this.eviction.parked(turn);
  }

  // What the exchange asks for.

  takeBatch(): Batch {
    return { turns: this.unreported.take(), activities: this.claimed.takeReports() };
  }

  rooms(coming: Load): Load {
    const { served, turns, rebuilding, claimed } = this;
    const { maxTurns, maxActivities } = this.options;
    const limits = {
      turns: served.hasTurns ? maxTurns : 0,
      activities: served.hasActivities ? maxActivities : 0,
    };
    const held = { turns: turns.activeCount + rebuilding.size, activities: claimed.size };
    return roomLeft(limits, sum(held, coming));
  }

  answered(batch: Batch, work: readonly Work[], sentAt: number): void {
    this.options.onAnswered(batch, work, sentAt);
  }

  committed(batch: Batch): void {
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
      if (turn.isCommitted) turn.committed();
      else this.unreported.add(turn);
      this.park(turn);
    }
  }

  /** A job has ended, unless it is persistent: its other threads need not wait here. */
  private release(jobId: string): void {
    const parked = this.turns.parkedOf(jobId);
    if (parked.length > 0) void this.eviction.run(parked);
  }

  async received(work: Work[]): Promise<void> {
    if (this.isStopped) return; // it is handed back with the rest
    const rebuilds = this.rebuilding.begin(work);
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
      this.run(claimed, history, claimed.kind === 'careful');
      for (const item of rebuild.early) this.receive(item);
    }
  }

  receive(work: Work): void {
    const turn = this.turns.get(work.jobId, threadOf(work.address));
    if (work.kind === 'start') this.run(work, new History(), false);
    if (work.kind === 'activity') this.claimed.run(work);
    if (work.kind === 'result') turn?.answer(stepKey(work.address, work.position), work);
    if (work.kind === 'cancel') turn?.cancel();
    if (work.kind === 'lost' && turn !== undefined) this.forget(turn);
  }

  private run(work: Work, history: History, isCareful: boolean): void {
    const turn = new LiveTurn(this.served.withDefaults(work), history, this, isCareful);
    this.turns.add(turn);
    void runWorkflow(turn, this.served.workflowOf(turn.work));
  }

  forget(turn: LiveTurn): void {
    turn.isOver = true;
    this.unreported.delete(turn);
    this.turns.remove(turn);
    turn.close();
    this.loop.wake(false);
  }

  rejected({ turns, activities }: Batch, error: unknown): Batch {
    for (const { jobId, address } of turns) {
      const turn = this.turns.get(jobId, address);
      if (turn !== undefined) turn.isOver = true;
    }
    const ours = turns.filter(({ jobId, address }) => this.turns.get(jobId, address));
    return refusalOf({ turns: ours, activities }, error);
  }

  async lost(): Promise<void> {
    this.rebuilding.forget();
    for (const turn of this.turns.all()) this.forget(turn);
    this.claimed.forget();
    if (!this.isStopped) await this.registration.register();
  }

  resync(): Promise<void> {
    return resync(this, (work) => this.localSteps.isRunning(work));
  }

  onError(error: unknown): void {
    this.options.onError(error);
  }

  /** Hands in what is finished within `graceMs`, then hands the rest back at once; once. */
  stop(graceMs: number): Promise<void> {
    return (this.stopping ??= this.end(graceMs));
  }

  private async end(graceMs: number): Promise<void> {
    this.isStopped = true;
    this.rebuilding.forget();
    this.eviction.stop();
    this.localSteps.stop();
    if (this.workerId !== '') await this.loop.drain(graceMs);
    for (const turn of this.turns.all()) this.forget(turn);
    await this.registration.end();
  }
}
