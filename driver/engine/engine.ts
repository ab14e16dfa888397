import { backoff } from '../backoff';
import type { Database } from '../database/database';
import { heldWork, type Work } from '../database/exchange';
import { loadHistory, type RecordedStep } from '../database/turn-calls';
import { putBack, type Route } from '../database/worker-calls';
import { parseOptions } from './activities';
import { ClaimedActivities } from './claimed-activities';
import { Evictor, type EvictorHost } from './evictor';
import { ExchangeLoop, type ExchangeHost } from './exchange-loop';
import { CANCEL_ADDRESS, History } from './history';
import { LiveTurn, type TurnHost } from './live-turn';
import type { PendingCall } from './call';
import { LocalSteps, planOf } from './local-steps';
import { Rebuilding } from './rebuilding';
import { Registration, type RegistrationOptions } from './registration';
import { emptyReport, type Batch } from './report';
import { runWorkflow, type WorkflowFunction } from './run-workflow';
import { Served } from './served';
import { stepKey } from './step-key';
import { TurnCache } from './turn-cache';

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

/** A worker process's side of the engine: what it serves, what it holds, what it reports. */
export class Engine implements TurnHost, ExchangeHost, EvictorHost {
  readonly turns: TurnCache;
  readonly rebuilding = new Rebuilding();
  private readonly dirty = new Set<LiveTurn>();
  /** Turns whose functions run at this moment, up to the next macrotask. */
  private busy: LiveTurn[] = [];
  readonly served = new Served();
  readonly claimed = new ClaimedActivities(this, () => this.loop.wake(true));
  private readonly localSteps = new LocalSteps(this.claimed);
  readonly loop: ExchangeLoop;
  private readonly evictor: Evictor;
  private readonly registration: Registration;
  isStopped = false;

  constructor(
    readonly database: Database,
    private readonly options: EngineOptions,
  ) {
    this.turns = new TurnCache(options.cacheSize);
    this.loop = new ExchangeLoop(this, database, options.pollMs);
    this.evictor = new Evictor(database, this.turns, this);
    const onChange = () => this.notify();
    this.registration = new Registration(database, { ...options, onChange });
  }

  get workerId(): string {
    return this.registration.workerId;
  }

  async serveWorkflow(route: Route & { workflow: string }, run: WorkflowFunction): Promise<void> {
    this.served.addWorkflow(route.namespace, route.queue, route.workflow, run);
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

  /** Takes nothing new for the routes of an instance. */
  async leave(guid: string): Promise<void> {
    await this.registration.leave(guid);
  }

  /** There may be work: somebody said so. */
  notify(): void {
    if (this.workerId !== '' && !this.isStopped) this.loop.wake(true);
  }

  putBack(work: Work): void {
    void putBack(this.database, this.workerId, work).catch((error) => this.onError(error));
  }

  // What a turn asks for.

  begin(turn: LiveTurn, pending: PendingCall): void {
    const { call } = pending;
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
    turn.plan(planOf(pending, { attempt: mayHaveRun && !isOnce ? 1 : 0 }));
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
    if (this.turns.isOverfull) void this.evictor.evict();
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
      batch.turns.push({ jobId: turn.jobId, report: turn.report });
      turn.report = emptyReport();
    }
    return batch;
  }

  rooms(): { turns: number; activities: number } {
    const { maxTurns, maxActivities } = this.options;
    const running = this.turns.activeCount + this.rebuilding.size;
    const turns = this.served.hasTurns ? maxTurns - running : 0;
    const activities = this.served.hasActivities ? maxActivities - this.claimed.size : 0;
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
    for (const { jobId, report } of batch.turns) {
      const turn = this.turns.get(jobId);
      if (turn === undefined) continue;
      turn.isReporting = false;
      if (report.end !== undefined || report.failure !== undefined) {
        this.forget(turn);
        continue;
      }
      if (turn.isCommitted) for (const action of turn.afterCommit.splice(0)) action();
      else this.dirty.add(turn);
      this.park(turn);
    }
  }

  async received(work: Work[]): Promise<void> {
    if (this.isStopped) return; // it is handed back with the rest
    const kinds = ['turn', 'careful'];
    const rebuilds = this.rebuilding.begin(work.filter(({ kind }) => kinds.includes(kind)));
    for (const item of work) if (!this.rebuilding.keep(item)) this.receive(item);
    if (rebuilds.length === 0) return;
    const histories = await this.loaded(rebuilds.map((rebuild) => rebuild.work.jobId));
    for (const rebuild of rebuilds) {
      if (!this.rebuilding.end(rebuild)) continue;
      const history = new History(histories.get(rebuild.work.jobId));
      this.run(new LiveTurn(rebuild.work, history, this, rebuild.work.kind === 'careful'));
      for (const item of rebuild.early) this.receive(item);
    }
  }

  private receive(work: Work): void {
    const turn = this.turns.get(work.jobId);
    if (work.kind === 'start') this.run(new LiveTurn(work, new History(), this, false));
    if (work.kind === 'activity') this.claimed.run(work);
    if (work.kind === 'result') turn?.answer(stepKey(work.address, work.position), work);
    if (work.kind === 'cancel') turn?.cancel();
    if (work.kind === 'lost' && turn !== undefined) this.forget(turn);
  }

  /** Claimed turns are this worker's: their history is read however long the database is away. */
  private async loaded(jobIds: string[]): Promise<Map<string, RecordedStep[]>> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await loadHistory(this.database, jobIds);
      } catch (error) {
        this.onError(error);
        if (this.isStopped) return new Map();
        await backoff(attempt);
      }
    }
  }

  private run(turn: LiveTurn): void {
    this.turns.add(turn);
    const run = this.served.workflowOf(turn.work);
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
    for (const { jobId } of batch.turns) {
      const turn = this.turns.get(jobId);
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
    const turns = new Map(held.flatMap((w) => (w.kind === 'activity' ? [] : [[w.jobId, w]])));
    for (const turn of this.turns.all()) if (!turns.has(turn.jobId)) this.forget(turn);
    const known = [...turns.keys()].filter((jobId) => this.turns.get(jobId) !== undefined);
    for (const [jobId, steps] of await loadHistory(this.database, known)) {
      const turn = this.turns.get(jobId);
      const answers = steps.filter(({ isDone, address }) => isDone && address !== CANCEL_ADDRESS);
      for (const step of answers) turn?.answer(stepKey(step.address, step.position), step);
      if (turns.get(jobId)?.isCancelled) turn?.cancel();
    }
    await this.received(
      held.filter(({ jobId, kind }) => kind === 'activity' || this.turns.get(jobId) === undefined),
    );
  }

  onError(error: unknown): void {
    this.options.onError(error);
  }

  /** Hands in what is finished within `graceMs`, then hands the rest back at once. */
  async stop(graceMs: number): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.rebuilding.forget();
    this.localSteps.stop();
    if (this.workerId !== '') await this.loop.drain(graceMs);
    for (const turn of this.turns.all()) this.forget(turn);
    await this.registration.end();
  }
}
