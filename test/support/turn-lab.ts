import { setImmediate as tick } from 'node:timers/promises';
import type { Work } from '../../driver/database/exchange';
import type { RecordedStep } from '../../driver/database/turn-calls';
import { History } from '../../driver/engine/history';
import { LiveTurn } from '../../driver/engine/live-turn';
import type { PendingCall } from '../../driver/engine/call';
import { planOf } from '../../driver/engine/local-steps';
import { emptyReport, type TurnReport } from '../../driver/engine/report';
import { runWorkflow } from '../../driver/engine/run-workflow';
import { placeOf, stepKey } from '../../driver/engine/step-key';
import type { TurnHost } from '../../driver/engine/turn-host';
import type { Random } from './seed';
import { answerOf, failingOf, interpret, type Program } from './turn-program';

/** The rows of a job at one moment, and what its run had done by then. */
export interface Snapshot {
  rows: RecordedStep[];
  isCancelRequested: boolean;
  /** How much of the run's log the rows hold fast. */
  anchor: number;
}

/** One run of a program: what it did, in order, and every state its history has been in. */
export interface Run {
  log: string[];
  snapshots: Snapshot[];
  rows: RecordedStep[];
  end: TurnReport;
}

interface Options {
  program: Program;
  /** Address of the thread that it runs in: '' and `$1` are the main function, `h1` is a hook. */
  thread: string;
  random: Random;
  /** Asks for a cancellation at some moment. */
  isCancelling: boolean;
  from?: Snapshot;
  isCareful?: boolean;
  /** Positions in the order in which they are to be answered, as far as possible. */
  order?: number[];
}

const WORK = {
  ...{ jobId: '1', address: '', position: 0, attempt: 0, namespace: 'durable', workflowId: 'lab' },
  ...{ workflow: 'lab', queue: 'local', name: 'lab', input: '[]', options: null },
  ...{ isFailed: false, value: null, expire: null },
};

/**
 * The engine and the host of one turn in memory: the same rules, in an order that chance decides.
 */
class Lab implements TurnHost {
  readonly connection = undefined;
  readonly logLevel = undefined;
  readonly log: string[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly rows: RecordedStep[];
  readonly turn: LiveTurn;
  end: TurnReport | undefined;
  private readonly failing: Set<string>;
  private readonly locals: PendingCall[] = [];
  /** Answers on their way to the turn. */
  private readonly answers: number[] = [];
  private inFlight: TurnReport | undefined;
  private settling = 0;
  private isCancelRequested: boolean;
  private wasCancelled = false;

  constructor(private readonly options: Options) {
    const { from, program, isCareful = false } = options;
    this.failing = failingOf(program);
    this.rows = structuredClone(from?.rows ?? []);
    this.isCancelRequested = from?.isCancelRequested ?? false;
    const { isCancelRequested: isCancelled } = this;
    const work: Work = { ...WORK, kind: 'turn', address: options.thread, isCancelled };
    this.turn = new LiveTurn(work, new History(structuredClone(this.rows)), this, isCareful);
  }

  begin(turn: LiveTurn, call: PendingCall): void {
    if (call.call.queue === 'local' && !turn.isCareful) {
      turn.running += 1;
      turn.whenCommitted(() => this.locals.push(call));
    } else turn.plan(planOf(turn, call));
  }

  report(): void {
    // Whether there is anything to hand in is looked at in every step.
  }

  emit(): void {
    // Nobody listens here.
  }

  settle(turn: LiveTurn): void {
    if (turn.isCancelled && !this.wasCancelled) {
      this.wasCancelled = true;
      this.log.push('cancelled');
    }
    this.settling += 1;
    setImmediate(() => {
      this.settling -= 1;
      turn.rest();
    });
  }

  private row(position: number, address: string): RecordedStep | undefined {
    return this.rows.find((row) => row.position === position && row.address === address);
  }

  /** The row of the step that the turn knows by this number. */
  private rowOf(key: number): RecordedStep | undefined {
    const { position, address } = placeOf(this.options.thread, key);
    return this.row(position, address);
  }

  private take(): void {
    this.inFlight = this.turn.report;
    this.turn.isReporting = true;
    this.turn.report = emptyReport();
  }

  /**
   * As `ratchet.exchange`: local steps, then orders, then plans; what is there already stays.
   * Operations on data are answered in the same commit.
   */
  private commit(report: TurnReport): void {
    for (const { address, position, kind, name, delivery, isFailed, value } of report.steps) {
      const row = { jobId: '1', address, position, kind, name, delivery, isFailed, value };
      if (this.row(position, address) === undefined) this.rows.push({ ...row, isDone: true });
    }
    for (const { position, address, delivery } of report.deliveries) {
      const row = this.row(position, address);
      if (row !== undefined) row.delivery ??= delivery;
    }
    for (const { address, position, kind, name } of report.plans) {
      if (this.row(position, address) !== undefined) continue;
      const open = { delivery: null, isDone: false, isFailed: false, value: null };
      const answered = { ...answerOf(name, this.failing), isDone: true };
      const isData = kind === 'search';
      if (isData) this.answers.push(stepKey(address, position));
      const row = { jobId: '1', address, position, kind, name, ...open };
      this.rows.push(isData ? { ...row, ...answered } : row);
    }
    this.inFlight = undefined;
    this.turn.isReporting = false;
    // A hook that returns ends its thread, and not the job.
    if (report.end ?? report.failure ?? report.thread) this.end = report;
    else {
      this.snapshot();
      if (this.turn.isCommitted) this.turn.committed();
    }
  }

  private answerRow(row: RecordedStep): void {
    Object.assign(row, answerOf(row.name, this.failing), { isDone: true });
    this.answers.push(row.position);
    this.snapshot();
  }

  private finishLocal(call: PendingCall): void {
    this.locals.splice(this.locals.indexOf(call), 1);
    this.turn.running -= 1;
    this.turn.answerLocally(call.position, answerOf(call.name, this.failing));
  }

  private bring(position: number): void {
    this.answers.splice(this.answers.indexOf(position), 1);
    const row = this.rowOf(position);
    if (row !== undefined) this.turn.answer(position, row);
  }

  /** Calls that are recorded have been made after all deliveries before them. */
  private snapshot(): void {
    const deliveries = this.log.flatMap((entry, index) =>
      /^(call|patch)/.test(entry) ? [] : [index],
    );
    const anchors = this.rows.map((row) => {
      const isCall = row.kind !== 'cancel' && row.kind !== 'patch';
      const call = `call ${isCall ? stepKey(row.address, row.position) : 0} `;
      const entryOf = row.kind === 'patch' ? `patch ${row.name} ` : call;
      const made = this.log.findIndex((entry) => entry.startsWith(entryOf));
      const reached = row.delivery === null ? -1 : (deliveries[row.delivery - 1] ?? -1);
      return Math.max(row.kind === 'cancel' ? -1 : made, reached);
    });
    const rows = structuredClone(this.rows);
    const { isCancelRequested } = this;
    this.snapshots.push({ rows, isCancelRequested, anchor: Math.max(-1, ...anchors) + 1 });
  }

  /** What can happen next. */
  private actions(): (() => void)[] {
    const { turn, inFlight, options } = this;
    if (turn.isOver && !turn.hasReport && inFlight === undefined) return [];
    const found: (() => void)[] = [];
    if (inFlight !== undefined) found.push(() => this.commit(inFlight));
    else if (turn.hasReport) found.push(() => this.take());
    const first = this.preferred();
    const isAllowed = (position: number) => first === undefined || position === first;
    const open = this.rows.filter((row) => !row.isDone && isAllowed(row.position));
    found.push(...open.map((row) => () => this.answerRow(row)));
    const here = this.locals.filter(({ position }) => isAllowed(position));
    found.push(...here.map((call) => () => this.finishLocal(call)));
    found.push(...this.answers.filter(isAllowed).map((position) => () => this.bring(position)));
    if (options.isCancelling && !this.isCancelRequested && options.random.below(8) === 0) {
      found.push(() => this.cancel());
    }
    return found;
  }

  /** In a given order, the next one whose answer has not reached the function. */
  private preferred(): number | undefined {
    return this.options.order?.find((position) => !this.log.includes(`deliver ${position}`));
  }

  private cancel(): void {
    this.isCancelRequested = true;
    this.snapshot();
    this.turn.cancel();
  }

  private async rest(): Promise<void> {
    do await tick();
    while (this.settling > 0);
  }

  async run(): Promise<Run> {
    const { program, random } = this.options;
    const observer = {
      called: (position: number, { kind, name }: { kind: string; name: string }) =>
        void this.log.push(`call ${position} ${kind} ${name}`),
      delivered: (position: number) => void this.log.push(`deliver ${position}`),
      patched: (id: string, isNew: boolean) => void this.log.push(`patch ${id} ${isNew}`),
    };
    const body = () => interpret(program, this.turn, observer);
    this.snapshot();
    void runWorkflow(this.turn, body);
    for (;;) {
      await this.rest();
      const actions = this.actions();
      if (actions.length === 0) break;
      actions[random.below(actions.length)]?.();
    }
    const { log, snapshots, rows, end } = this;
    if (end === undefined)
      throw new Error(`It hangs after ${log.join(', ')}: ${JSON.stringify(rows)}`);
    return { log, snapshots, rows, end };
  }
}

export function runProgram(options: Options): Promise<Run> {
  return new Lab(options).run();
}
