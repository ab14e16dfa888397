import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { testDatabase, type TestDatabase } from './cluster';
import type { CrashPoint } from './crash-point';
import { countEffects, EFFECTS_VARIABLE, readEffects } from './effects';
import { activities, remoteQueue, SHAPES, workflows, type WorkflowName } from './shapes';
import { waitFor, within } from './wait-for';
import { expireLease, startWorkerProcess, type WorkerProcess } from './worker-process';

/** Which process is killed: the one that runs the functions, or the one that runs remote steps. */
export type Victim = 'workflow' | 'remote';

export interface CrashCase {
  shape: string;
  victim: Victim;
  /** One victim after another; the process of the test then finishes the job. */
  crashes: CrashPoint[];
}

export interface CrashReport {
  result: unknown;
  /** Of the first victim, if it lived. */
  exchanges: number;
  /** How many of the victims died. */
  died: number;
  executions: Map<string, number>;
  /** What is not as it must be, in words. */
  faults: string[];
}

interface StepRow {
  key: string;
  label: string;
  is_final: boolean;
}

// No lease may run out by itself here, however busy the machine is: dead workers are expired by
// hand.
const OPTIONS = { leaseSeconds: 600, pollMs: 500 };

let count = 0;

/** A database, and this process as the worker that survives. */
export class CrashBench {
  private constructor(
    private readonly t: ExecutionContext<unknown>,
    private readonly database: TestDatabase,
    private readonly effects: string,
  ) {}

  static async open(t: ExecutionContext<unknown>): Promise<CrashBench> {
    const database = await testDatabase(t);
    const folder = mkdtempSync(join(tmpdir(), 'pgratchet-effects-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    t.teardown(() => Durable.shutdown());
    const effects = join(folder, 'effects.jsonl');
    process.env[EFFECTS_VARIABLE] = effects;
    return new CrashBench(t, database, effects);
  }

  private get connection() {
    return { class: Client, options: { connectionString: this.database.url } };
  }

  private async serveHere(queue: string, names: WorkflowName[]): Promise<void> {
    const shared = { connection: this.connection, taskQueue: queue, options: OPTIONS };
    await Durable.registerActivityWorker(shared, activities);
    for (const name of names) {
      await Durable.Worker.create({ ...shared, workflow: workflows[name] });
    }
  }

  private async startVictim(queue: string, names: WorkflowName[], crash?: CrashPoint) {
    const process = await startWorkerProcess(this.t, this.database, this.effects, OPTIONS);
    await process.serve(queue, names);
    await process.arm(crash);
    return process;
  }

  async run({ shape, victim, crashes }: CrashCase): Promise<CrashReport> {
    const id = `${shape}-${(count += 1)}`;
    const queue = `queue-${id}`;
    const names = SHAPES[shape]?.workflows ?? [];
    const here: [string, WorkflowName[]] = [remoteQueue(queue), []];
    const there: [string, WorkflowName[]] = [queue, names];
    if (victim === 'remote') [here[0], here[1], there[0], there[1]] = [queue, names, here[0], []];
    await this.serveHere(...here);
    const checks: (() => string[])[] = [];
    const processes = [await this.startVictim(...there, crashes[0])];
    const result = this.play(shape, id, queue);
    result.catch(() => undefined); // whoever awaits it hears of it
    let died = 0;
    for (const [index] of crashes.entries()) {
      const last = processes.at(-1) as WorkerProcess;
      if (!(await endsFirst(last.exited, result))) break;
      died += 1;
      const before = await this.recorded(id, last);
      await expireLease(this.database.pool, last.name);
      const next = crashes[index + 1];
      if (next === undefined) await this.serveHere(...there);
      else processes.push(await this.startVictim(...there, next));
      checks.push(() => this.repeated(before));
    }
    const value = await within(`the result of ${id}`, result).catch(async (error: unknown) => {
      throw new Error(await this.stateOf(id), { cause: error });
    });
    const [first] = processes as [WorkerProcess];
    const exchanges = first.isRunning ? await first.exchanges() : 0;
    await this.clean(processes);
    const faults = [
      ...checks.flatMap((check) => check()),
      ...(await this.faultsOf(id, value, died)),
    ];
    return { result: value, exchanges, died, executions: this.executions(id), faults };
  }

  /** Starts the job and sends the signals it waits for. */
  private async play(shape: string, id: string, queue: string): Promise<unknown> {
    const client = new Durable.Client({ connection: this.connection });
    const [workflowName] = SHAPES[shape]?.workflows ?? [''];
    if (shape === 'waits') await client.workflow.signal(`${id}-early`, { n: 1 });
    const options = { taskQueue: queue, workflowName, workflowId: id, args: [] };
    const handle = await client.workflow.start({ ...options, workflowName: workflowName ?? '' });
    if (shape === 'waits') {
      await waitFor(`${id} waits`, () => this.isWaiting(`${id}-late`));
      await client.workflow.signal(`${id}-late`, { n: 2 });
    }
    return handle.result();
  }

  private async isWaiting(signal: string): Promise<boolean> {
    const sql = `select from ratchet_internal.messages where kind = 'wait' and key = $1`;
    return (await this.database.pool.query(sql, [signal])).rowCount === 1;
  }

  private async steps(id: string): Promise<StepRow[]> {
    const sql = `select j.key, coalesce(a.input ->> 0, '') as label,
        ratchet_internal.is_final(a.ledger) as is_final
      from ratchet.jobs j join ratchet.jobs_attributes a on a.job_id = j.id
      where (j.key = $1 or starts_with(j.key, $1 || '-')) and a.kind = 'activity'`;
    return (await this.database.pool.query<StepRow>(sql, [id])).rows;
  }

  /** How often each step had run that was answered when the process was gone. */
  private async recorded(id: string, dead: WorkerProcess): Promise<Map<string, number>> {
    await dead.isForgotten();
    const steps = await this.steps(id);
    const executions = this.executions(id);
    const final = steps.filter((step) => step.is_final).map(({ key, label }) => `${key} ${label}`);
    return new Map(final.map((step) => [step, executions.get(step) ?? 0]));
  }

  private repeated(before: Map<string, number>): string[] {
    const after = countEffects(readEffects(this.effects));
    const again = [...before].filter(([step, executions]) => after.get(step) !== executions);
    return again.map(([step]) => `${step} had its result and was executed again`);
  }

  private executions(id: string): Map<string, number> {
    const mine = readEffects(this.effects).filter(
      ({ workflowId }) => workflowId === id || workflowId.startsWith(`${id}-`),
    );
    return countEffects(mine);
  }

  private async faultsOf(id: string, value: unknown, died: number): Promise<string[]> {
    const { pool } = this.database;
    const faults: string[] = [];
    const shape = id.slice(0, id.lastIndexOf('-'));
    const expected = JSON.stringify(SHAPES[shape]?.result).replaceAll('ID', id);
    if (JSON.stringify(value) !== expected) {
      faults.push(`the result is ${JSON.stringify(value)} instead of ${expected}`);
    }
    const recorded = new Map<string, number>();
    for (const { key, label, is_final } of await this.steps(id)) {
      if (!is_final) faults.push(`${key} ${label} has no result`);
      recorded.set(`${key} ${label}`, (recorded.get(`${key} ${label}`) ?? 0) + 1);
    }
    const executions = this.executions(id);
    for (const [step, results] of recorded) {
      if (results !== 1) faults.push(`${step} was recorded ${results} times`);
      // A claim counts, also one whose worker died before it ran anything.
      const isUsedUp = died > 1 && step.includes('hopeless');
      if (!executions.has(step) && !isUsedUp)
        faults.push(`${step} has a result without an execution`);
    }
    for (const [step, times] of executions) {
      const most = Math.min(usual(step) + died, step.includes('hopeless') ? 2 : 6);
      if (times > most)
        faults.push(`${step} was executed ${times} times, at most ${most} are right`);
      if (!recorded.has(step)) faults.push(`${step} was executed and has no result`);
    }
    const open = await pool.query(
      `select j.key, j.status, m.kind from ratchet.jobs j
      left join ratchet_internal.messages m on m.job_id = j.id
      where (j.key = $1 or starts_with(j.key, $1 || '-'))
        and (j.status <> 0 or m.job_id is not null)`,
      [id],
    );
    faults.push(...open.rows.map((row) => `left over: ${JSON.stringify(row)}`));
    const broken = await pool.query('select * from ratchet.check_invariants()');
    faults.push(...broken.rows.map((row) => JSON.stringify(row)));
    return faults;
  }

  /** What a job that does not end looks like. */
  private async stateOf(id: string): Promise<string> {
    const messages = await this.database.pool.query(
      `select j.key, m.kind, m.position, m.attempt, m.options, m.due_at, w.name as worker,
        w.is_idle,
        w.expires_at, ratchet_internal.now() as now
      from ratchet.jobs j join ratchet_internal.messages m on m.job_id = j.id
      left join ratchet_internal.workers w on w.id = m.worker_id
      where j.key = $1 or starts_with(j.key, $1 || '-')`,
      [id],
    );
    const steps = await this.database.pool
      .query(`select * from ratchet.ledger order by 1, 2, 3`)
      .catch(() => ({ rows: [] }));
    const seen = JSON.stringify([messages.rows, steps.rows], null, 1);
    return `${id} (this is ${process.pid}) does not end: ${seen}`;
  }

  private async clean(processes: WorkerProcess[]): Promise<void> {
    for (const process of processes) {
      if (process.isRunning) await process.kill();
      await expireLease(this.database.pool, process.name);
    }
  }
}

/** How often a step is executed when nothing crashes. */
function usual(step: string): number {
  if (step.includes('hopeless')) return 2;
  if (/flaky-(here|there)$/.test(step)) return 3;
  return /(flaky-both|too)$/.test(step) ? 2 : 1;
}

async function endsFirst(event: Promise<void>, other: Promise<unknown>): Promise<boolean> {
  return Promise.race([event.then(() => true), other.then(() => false)]);
}
