import { setImmediate as tick, setTimeout as pause } from 'node:timers/promises';
import type { Work } from '../database/exchange';
import { fromJson } from '../database/json-door';
import type { PendingCall } from '../engine/call';
import { History } from '../engine/history';
import { LiveTurn } from '../engine/live-turn';
import { runWorkflow, type WorkflowFunction } from '../engine/run-workflow';
import { stepKey } from '../engine/step-key';
import type { TurnHost } from '../engine/turn-host';
import { RatchetError } from '../errors';
import { checkNumbers, checkOptions } from '../options';
import { checkValues, parseHistory, type StoredHistory, type StoredStep } from './stored-history';

export interface ReplayOptions {
  /**
   * How long the function may wait for something that is not durable before it makes its next
   * recorded call; milliseconds, default 5,000.
   */
  lateCallMs?: number;
}

/** Where a function ended up that was given all recorded answers. */
export type ReplayEnd =
  | { kind: 'returned'; value: unknown }
  | { kind: 'threw'; message: string }
  | { kind: 'waits'; calls: string[] };

/** Where code and history part. */
export interface ReplayDifference {
  /** Of the call; null for the end of the job. */
  position: number | null;
  /** What the history has: `activity 'charge'`. */
  recorded: string;
  /** What the code did: `activity 'refund'`. */
  called: string;
}

export type ReplayResult =
  { fits: true; end: ReplayEnd } | { fits: false; difference: ReplayDifference; message: string };

const LATE_CALL_MS = 5_000;
const LOOK_MS = 5;

const nameOf = ({ kind, name }: { kind: string; name: string }) => `${kind} '${name}'`;

/** Notes which calls the code has made. */
class WatchedHistory extends History {
  readonly called = new Set<number>();

  override find(position: number) {
    this.called.add(position);
    return super.find(position);
  }
}

/** A turn whose answers all come from its history: what is new is noted and never runs. */
class Replay implements TurnHost {
  readonly connection = undefined;
  readonly logLevel = undefined;
  readonly turn: LiveTurn;
  readonly unrecorded: PendingCall[] = [];
  private readonly called: Set<number>;
  private readonly steps: StoredStep[];
  private settling = 0;

  constructor(private readonly history: StoredHistory) {
    const { job, steps } = history;
    // The main function's own calls in its current generation, and their operations on data.
    const own = job.address ?? '';
    const isOwn = ({ address, kind }: StoredStep) =>
      address.split('#')[0] === own && kind !== 'marker';
    const rows = steps.filter(isOwn).map((step) => ({ ...step, jobId: job.id }));
    checkValues(history, rows);
    this.steps = rows.filter(({ kind }) => kind !== 'cancel' && kind !== 'patch');
    const watched = new WatchedHistory(rows);
    this.called = watched.called;
    const work: Work = {
      ...{ kind: 'turn', jobId: job.id, address: own, position: 0, attempt: job.attempt },
      ...{ namespace: job.namespace, workflowId: job.workflowId, workflow: job.workflow },
      ...{ queue: job.queue, name: job.entity, input: job.input, options: job.options },
      ...{ isFailed: false, isCancelled: false, value: job.originId },
      expire: job.expire ?? null,
    };
    this.turn = new LiveTurn(work, watched, this, false);
  }

  begin(_turn: LiveTurn, call: PendingCall): void {
    this.unrecorded.push(call);
  }

  report(): void {
    // Nothing is handed in anywhere.
  }

  emit(): void {
    // Nobody listens.
  }

  settle(turn: LiveTurn): void {
    this.settling += 1;
    setImmediate(() => {
      this.settling -= 1;
      turn.rest();
    });
  }

  /** The first recorded call that the code has not made. */
  private get missing(): StoredStep | undefined {
    return this.steps.find(({ address, position }) => !this.called.has(stepKey(address, position)));
  }

  /** The end of a hook is that of its thread; a thread with next arguments goes on. */
  private get hasEnded(): boolean {
    const { end, failure, thread } = this.turn.report;
    return end !== undefined || failure !== undefined || thread?.input === null;
  }

  /** Runs the function until all recorded answers have reached it and it makes no more calls. */
  async run(workflow: WorkflowFunction, lateCallMs: number): Promise<ReplayResult> {
    const { turn } = this;
    void runWorkflow(turn, workflow);
    const isFinished = this.history.job.status === 0;
    let before = '';
    let since = performance.now();
    for (;;) {
      do await tick();
      while (this.settling > 0);
      if (this.hasEnded || (this.missing === undefined && !isFinished)) break;
      const state = `${this.called.size} ${turn.pending.size}`;
      if (state !== before) since = performance.now();
      before = state;
      if (performance.now() - since > lateCallMs) break;
      await pause(LOOK_MS);
    }
    const result = this.judge();
    turn.isOver = true;
    return result;
  }

  private judge(): ReplayResult {
    const { end, failure } = this.turn.report;
    if (failure?.isBlocked === true) {
      const { detail } = fromJson(failure.error) as { detail: ReplayDifference };
      return parted(detail);
    }
    const error = end === undefined ? failure?.error : end.error;
    const reason = error && (fromJson(error) as { message?: string }).message;
    const threw = reason ? `nothing: it threw ${reason}` : undefined;
    const { missing } = this;
    if (missing !== undefined) {
      const [late] = this.unrecorded.filter(({ position }) => position > missing.position);
      const called = threw ?? (this.hasEnded ? 'nothing: it returned' : late && nameOf(late));
      const { position } = missing;
      return parted({ position, recorded: nameOf(missing), called: called ?? 'nothing' });
    }
    return this.judgeEnd(reason ?? undefined);
  }

  private judgeEnd(reason: string | undefined): ReplayResult {
    const { job } = this.history;
    const { end } = this.turn.report;
    const waiting = [...this.turn.pending.values()].map(nameOf);
    if (job.status === 0) {
      const recorded = `the end of the job, with ${job.error === null ? 'a result' : 'an error'}`;
      const position = null;
      if (!this.hasEnded) {
        const next = this.unrecorded[0];
        const called = next === undefined ? 'nothing: it waits' : nameOf(next);
        return parted({ position: next?.position ?? null, recorded, called });
      }
      if ((reason !== undefined) !== (job.error !== null)) {
        const called = reason === undefined ? 'the end, with a result' : `it threw ${reason}`;
        return parted({ position, recorded, called });
      }
    }
    if (reason !== undefined) return { fits: true, end: { kind: 'threw', message: reason } };
    if (!this.hasEnded) return { fits: true, end: { kind: 'waits', calls: waiting } };
    return { fits: true, end: { kind: 'returned', value: fromJson(end?.result ?? null) } };
  }
}

function parted(difference: ReplayDifference): ReplayResult {
  const { position, recorded, called } = difference;
  const place = position === null ? 'At the end' : `At position ${position}`;
  const message = `${place} the history has ${recorded}, the function called ${called}.`;
  return { fits: false, difference, message };
}

/**
 * Runs a workflow function against a stored history, without a database: no step runs, each call
 * gets its recorded answer. Says whether the code still fits, and if not, where it parts: for a
 * check before a deployment, with histories exported from production.
 *
 * @example
 * const history = await readFile('order-456.json', 'utf8'); // select ratchet.export_history(…)
 * const result = await replay(history, order);
 * assert.ok(result.fits, result.fits ? '' : result.message);
 *
 * @param history the document that `handle.exportHistory()` or `ratchet.export_history` gives
 * @throws RatchetError WF104 what is no such document, or a wrong option; WF109 values in it that
 *   are encoded, and cannot be decoded in this process
 */
export async function replay(
  history: StoredHistory | string,
  workflow: WorkflowFunction,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  checkOptions(options, ['lateCallMs'], 'replay');
  if (typeof workflow !== 'function') {
    throw new RatchetError('WF104', 'workflow is not a function.', {
      hint: 'Give the workflow function itself.',
    });
  }
  checkNumbers(options, { lateCallMs: [0, 2 ** 31 - 1] }, 'replay');
  return new Replay(parseHistory(history)).run(workflow, options.lateCallMs ?? LATE_CALL_MS);
}
