import { hostname } from 'node:os';
import { backoff } from '../backoff';
import type { Database } from '../database/database';
import { heldWork, type Work } from '../database/exchange';
import { evict, loadHistory } from '../database/turn-calls';
import { addRoutes, prune, registerWorker, unregisterWorker } from '../database/worker-calls';
import type { Route } from '../database/worker-calls';
import { parseOptions, runActivity } from './activities';
import { ExchangeLoop, type ExchangeHost } from './exchange-loop';
import { startHeartbeat, type Heartbeat } from './heartbeat';
import { History } from './history';
import { LiveTurn, type PendingCall, type TurnHost } from './live-turn';
import { LocalSteps, planOf } from './local-steps';
import { emptyReport, isEmptyReport, type ActivityReport, type Batch } from './report';
import { runWorkflow, type WorkflowFunction } from './run-workflow';

export interface EngineOptions {
  /** Workflow functions running (not waiting) at once. Default 1,000. */
  maxTurns: number;
  /** Claimed activities running at once. Default 500. */
  maxActivities: number;
  /** Waiting functions kept in memory; beyond, the longest waiting are rebuilt when needed. Default 10,000. */
  cacheSize: number;
  /** Milliseconds between looks for work when nothing else says that there is some. Default 1,000. */
  pollMs: number;
  /** Seconds for which a silent worker keeps its work. Default 30. */
  leaseSeconds: number;
  onError: (error: unknown) => void;
}

const UPKEEP_MS = 60_000;

function key(...parts: string[]): string {
  return parts.join('\n');
}

/** A worker process's side of the engine: what it serves, what it holds, what it reports. */
export class Engine implements TurnHost, ExchangeHost {
  workerId = '';
  private readonly turns = new Map<string, LiveTurn>();
  /** Turns that are not waiting. */
  private readonly active = new Set<LiveTurn>();
  private readonly dirty = new Set<LiveTurn>();
  private busy: LiveTurn[] = [];
  private readonly workflows = new Map<string, WorkflowFunction>();
  private readonly activityQueues = new Set<string>();
  private readonly routes: Route[] = [];
  private readonly claimed = new Set<string>();
  private activityReports: ActivityReport[] = [];
  private readonly localSteps = new LocalSteps((report) => this.finishActivity(report));
  private readonly loop: ExchangeLoop;
  private heartbeat: Heartbeat | undefined;
  private started: Promise<void> | undefined;
  private upkeepTimer: NodeJS.Timeout | undefined;
  private isEvicting = false;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly options: EngineOptions,
  ) {
    this.loop = new ExchangeLoop(this, database, options.pollMs);
  }

  async serveWorkflow(route: Required<Route>, run: WorkflowFunction): Promise<void> {
    this.workflows.set(key(route.namespace, route.queue, route.workflow), run);
    await this.serve(route);
  }

  async serveActivities(route: Route): Promise<void> {
    this.activityQueues.add(key(route.namespace, route.queue));
    await this.serve(route);
  }

  private async serve(route: Route): Promise<void> {
    this.routes.push(route);
    if (this.started === undefined) {
      this.started = this.register();
      await this.started;
      return;
    }
    await this.started;
    await addRoutes(this.database, this.workerId, [route]);
    this.loop.wake(true);
  }

  private async register(): Promise<void> {
    const name = `${hostname()}-${process.pid}`;
    const { leaseSeconds } = this.options;
    this.workerId = await registerWorker(this.database, name, this.routes, leaseSeconds);
    if (this.heartbeat !== undefined) {
      this.heartbeat.setWorkerId(this.workerId);
    } else {
      this.heartbeat = startHeartbeat({
        pgConfig: this.database.config,
        workerId: this.workerId,
        intervalMs: Math.max(Math.min((leaseSeconds * 1_000) / 5, 5_000), 100),
        onLost: () => this.loop.wake(true),
        onError: this.options.onError,
      });
      this.upkeepTimer = setInterval(() => void this.upkeep(), UPKEEP_MS).unref();
    }
    this.loop.wake(true);
  }

  private async upkeep(): Promise<void> {
    await prune(this.database).catch(this.options.onError);
  }

  /** There may be work: somebody said so. */
  notify(): void {
    if (this.workerId !== '' && !this.isStopped) this.loop.wake(true);
  }

  // What a turn asks for.

  begin(turn: LiveTurn, call: PendingCall): void {
    const queue = key(turn.work.namespace, call.queue ?? '');
    if (call.kind === 'activity' && this.activityQueues.has(queue) && !turn.isCareful) {
      this.localSteps.begin(turn, call);
    } else {
      // Rebuilt after a crash, it may have run before: that counts as an attempt.
      const mayHaveRun = turn.isCareful && !turn.isPastHistory && call.kind === 'activity';
      const isOnce = parseOptions(call.options).maximumAttempts === 0;
      turn.plan(planOf(call, { attempt: mayHaveRun && !isOnce ? 1 : 0 }));
    }
  }

  report(turn: LiveTurn): void {
    this.dirty.add(turn);
    this.activate(turn);
    this.loop.wake(false);
  }

  settle(turn: LiveTurn): void {
    this.activate(turn);
    if (this.busy.push(turn) > 1) return;
    setImmediate(() => {
      const settled = this.busy;
      this.busy = [];
      for (const each of settled) each.rest();
      for (const each of settled) this.park(each);
      this.loop.wake(false);
    });
  }

  private activate(turn: LiveTurn): void {
    if (!turn.isOver) this.active.add(turn);
  }

  private park(turn: LiveTurn): void {
    if (turn.isOver || turn.isParked) this.active.delete(turn);
    if (!turn.isParked) return;
    // Last in the order of the map: the longest waiting come first.
    this.turns.delete(turn.jobId);
    this.turns.set(turn.jobId, turn);
    if (this.turns.size - this.active.size > this.options.cacheSize) void this.evict();
  }

  // What the exchange asks for.

  takeBatch(): Batch {
    const batch: Batch = { turns: [], activities: this.activityReports };
    this.activityReports = [];
    for (const turn of this.dirty) {
      if (turn.isReporting) continue;
      this.dirty.delete(turn);
      if (isEmptyReport(turn.report) && turn.afterCommit.length === 0) continue;
      if (isEmptyReport(turn.report) && turn.report.deliveries.length === 0) continue;
      turn.isReporting = true;
      batch.turns.push({ jobId: turn.jobId, report: turn.report });
      turn.report = emptyReport();
    }
    return batch;
  }

  rooms(): { turns: number; activities: number } {
    const { maxTurns, maxActivities } = this.options;
    const turns = this.workflows.size === 0 ? 0 : maxTurns - this.active.size;
    const activities = this.activityQueues.size === 0 ? 0 : maxActivities - this.claimed.size;
    // A full house takes no more; a nearly full one waits until a batch is worth the call.
    const isWorthIt = turns >= maxTurns / 4 || activities >= maxActivities / 4;
    return isWorthIt ? { turns: Math.max(turns, 0), activities: Math.max(activities, 0) } : NO_ROOM;
  }

  isQuiet(): boolean {
    return this.active.size === 0 && this.claimed.size === 0 && this.dirty.size === 0;
  }

  committed(batch: Batch): void {
    for (const { jobId, address, position } of batch.activities) {
      this.claimed.delete(key(jobId, address, `${position}`));
    }
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
    const rebuilt = work.filter(({ kind }) => kind === 'turn' || kind === 'careful');
    for (const item of work) this.receive(item);
    if (rebuilt.length > 0) await this.rebuild(rebuilt);
  }

  private receive(work: Work): void {
    const turn = this.turns.get(work.jobId);
    if (work.kind === 'start') {
      this.run(new LiveTurn(work, new History(), this, false));
    } else if (work.kind === 'activity') {
      this.runClaimed(work);
    } else if (turn !== undefined) {
      if (work.kind === 'result') turn.answer(work.position, work);
      if (work.kind === 'cancel') turn.cancel();
      if (work.kind === 'lost') this.forget(turn);
    }
  }

  private async rebuild(work: Work[]): Promise<void> {
    const histories = await this.loaded(work.map(({ jobId }) => jobId));
    for (const item of work) {
      const history = new History(histories.get(item.jobId));
      this.run(new LiveTurn(item, history, this, item.kind === 'careful'));
    }
  }

  /** Claimed turns are this worker's: their history is read however long the database is away. */
  private async loaded(jobIds: string[]) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await loadHistory(this.database, jobIds);
      } catch (error) {
        this.options.onError(error);
        if (this.isStopped) return new Map<string, never>();
        await backoff(attempt);
      }
    }
  }

  private run(turn: LiveTurn): void {
    const { namespace, queue, workflow, jobId } = turn.work;
    this.turns.set(jobId, turn);
    this.active.add(turn);
    const run = this.workflows.get(key(namespace, queue, workflow));
    turn.start(() => runWorkflow(turn, run, () => this.report(turn)));
  }

  private runClaimed(work: Work): void {
    const { jobId, address, position, attempt, namespace, workflowId, workflow } = work;
    const claim = key(jobId, address, `${position}`);
    if (this.claimed.has(claim)) return;
    this.claimed.add(claim);
    const about = {
      ...{ activityName: work.name, workflowId, workflowTopic: `${work.value}-${workflow}` },
      ...{ namespace, taskQueue: work.queue, attempt },
    };
    const { workerId } = this;
    void runActivity(about, work.input, parseOptions(work.options)).then((outcome) => {
      if (workerId !== this.workerId) return;
      this.finishActivity({ jobId, address, position, attempt, ...outcome });
    });
  }

  private finishActivity(report: ActivityReport): void {
    this.activityReports.push(report);
    this.loop.wake(true);
  }

  private forget(turn: LiveTurn): void {
    turn.isOver = true;
    this.active.delete(turn);
    this.dirty.delete(turn);
    if (this.turns.get(turn.jobId) === turn) this.turns.delete(turn.jobId);
    this.loop.wake(false);
  }

  rejected(batch: Batch, error: unknown): void {
    this.options.onError(error);
    for (const { jobId } of batch.turns) {
      const turn = this.turns.get(jobId);
      if (turn === undefined) continue;
      turn.isReporting = false;
      turn.isOver = true;
      const message = error instanceof Error ? error.message : String(error);
      const stored = { message: `the engine refused a report: ${message}`, code: 598 };
      turn.report = { ...emptyReport(), end: { result: null, error: JSON.stringify(stored) } };
      this.report(turn);
    }
    this.committed({ turns: [], activities: batch.activities });
  }

  async lost(): Promise<void> {
    for (const turn of [...this.turns.values()]) this.forget(turn);
    this.claimed.clear();
    this.activityReports = [];
    if (!this.isStopped) await this.register();
  }

  /** What the database says is held is held: run what is missing here, forget what is not there. */
  async resync(): Promise<void> {
    const held = await heldWork(this.database, this.workerId);
    const heldTurns = new Map(
      held.filter(({ kind }) => kind !== 'activity').map((work) => [work.jobId, work]),
    );
    for (const turn of [...this.turns.values()]) {
      if (!heldTurns.has(turn.jobId)) this.forget(turn);
    }
    const known = [...heldTurns.values()].filter(({ jobId }) => this.turns.has(jobId));
    const histories = await loadHistory(
      this.database,
      known.map(({ jobId }) => jobId),
    );
    for (const [jobId, steps] of histories) {
      const turn = this.turns.get(jobId);
      for (const step of steps) {
        if (step.isDone && step.address === '') turn?.answer(step.position, step);
      }
      if (heldTurns.get(jobId)?.isCancelled) turn?.cancel();
    }
    await this.received(
      held.filter(({ jobId, kind }) => kind === 'activity' || !this.turns.has(jobId)),
    );
  }

  onError(error: unknown): void {
    this.options.onError(error);
  }

  /** Frees the memory of the turns that have waited longest. */
  private async evict(): Promise<void> {
    if (this.isEvicting || this.isStopped) return;
    this.isEvicting = true;
    const count = Math.ceil(this.options.cacheSize / 10) + 1;
    const idlest: LiveTurn[] = [];
    for (const turn of this.turns.values()) {
      if (idlest.length >= count) break;
      if (turn.isParked) idlest.push(turn);
    }
    const asked = idlest.map((turn) => ({ jobId: turn.jobId, known: turn.history.answered.size }));
    try {
      for (const jobId of await evict(this.database, this.workerId, asked)) {
        const turn = this.turns.get(jobId);
        if (turn !== undefined) this.forget(turn);
      }
    } catch (error) {
      this.options.onError(error);
    } finally {
      this.isEvicting = false;
    }
  }

  /** Hands in what is finished within `graceMs`, then hands the rest back at once. */
  async stop(graceMs: number): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    clearInterval(this.upkeepTimer);
    this.localSteps.stop();
    if (this.started === undefined) return;
    await this.started.catch(() => undefined);
    await this.loop.drain(graceMs);
    for (const turn of [...this.turns.values()]) this.forget(turn);
    await unregisterWorker(this.database, this.workerId).catch(this.options.onError);
    await this.heartbeat?.stop();
  }
}

const NO_ROOM = { turns: 0, activities: 0 };
