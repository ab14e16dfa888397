import type { ExecutionContext } from 'ava';
import type { PoolClient } from 'pg';
import { exchange, type engine, type Plan, type Report } from './engine';
import { keepStatistics } from './statistics';
import { workMeter, type Node, type Work } from './work-meter';

/** What each call of a life touched, by the name of the call. */
export type Life = Map<string, Work>;

/** A step of a job: the thing of which there is a batch. */
export interface Item {
  job: string;
  /** Which of the steps of its job. */
  at: number;
}

/** A kind of step has as many positions. */
const APART = 1000;

/** Measured calls of one worker, whose batches have a size and names of their own. */
export class Batch {
  readonly life: Life = new Map();
  readonly name: string;
  worker = '';
  private kinds = 0;

  constructor(
    readonly sql: ReturnType<typeof engine>,
    private readonly client: PoolClient,
    private readonly meter: Awaited<ReturnType<typeof workMeter>>,
    readonly queue: string,
    readonly size: number,
  ) {
    this.name = sql.name();
  }

  ids = (what: string, size = this.size) =>
    Array.from({ length: size }, (_, at) => `${this.name}-${what}-${at}`);

  /** Every item gets a step of a kind at the next position. */
  positions() {
    const first = (this.kinds += 1) * APART;
    return (item: Item) => first + item.at;
  }

  register(queue = this.queue, workflow = queue) {
    const routes = JSON.stringify([{ queue, workflow }, { queue }]);
    return this.sql.value<string>('select ratchet.register_worker($1, $2, 3600)', ['life', routes]);
  }

  unregister = (worker = this.worker) =>
    this.rows('unregister_worker', 'select ratchet.unregister_worker($1)', [worker]);

  /** A function of the engine with its arguments. */
  call(name: string, values: unknown[], label = name) {
    const places = values.map((_, at) => `$${at + 1}`).join(', ');
    return this.rows(label, `select ratchet.${name}(${places})`, values);
  }

  rows = (label: string, text: string, values: unknown[]) =>
    this.note(label, () => this.client.query(text, values));

  /** Nothing is claimed unless there is room. */
  exchange(label: string, report: Report, worker = this.worker) {
    const none = { turns: 0, activities: 0 };
    return this.note(label, () => exchange(this.client, worker, { ...none, ...report }));
  }

  plan(label: string, items: Item[], of: (item: Item, index: number) => Omit<Plan, PlanKey>) {
    const position = this.positions();
    const plans = items.map((item, index) => {
      return { job: item.job, position: position(item), ...of(item, index) };
    });
    return this.exchange(label, { plans });
  }

  /** Takes so many turns; a life that got fewer would measure nothing. */
  async claim(label: string, kind: string, worker = this.worker, size = this.size) {
    const work = (await this.exchange(label, { turns: size }, worker)).filter(
      (row) => row.kind === kind,
    );
    if (work.length !== size) throw new Error(`${label}: ${work.length} of ${size}`);
    return work;
  }

  private async note<T>(label: string, run: () => Promise<T>): Promise<T> {
    // What a session remembers of slow looks would depend on the machine.
    await this.client.query(`select set_config('ratchet.slow_look', '', false),
      set_config('ratchet.slow_delivery', '', false)`);
    const { work, result } = await this.meter.measure(this.size, run);
    this.life.set(label, work);
    return result;
  }
}

type PlanKey = 'job' | 'position';

/**
 * Batches of any size in one session, which keeps the plans that it makes at first, when the tables
 * are empty, or hold nothing but dead rows (leaveDeadRows). onPlan is given the plan of each
 * statement, and its text.
 */
export async function openBatches(
  sql: ReturnType<typeof engine>,
  onPlan?: (plan: Node, text: string) => void,
) {
  await keepStatistics(sql);
  const client = await sql.pool().connect();
  const meter = await workMeter(client, onPlan);
  sql.finally(async () => {
    await meter.end();
    client.release();
  });
  return (size: number) => new Batch(sql, client, meter, sql.name(), size);
}

/** A statement that touches fewer rows an item has nothing to compare. */
const ROWS_AN_ITEM = 8;

/**
 * Each statement of each call touches at most so many times the rows as in a life of few items: by
 * itself, for the sum of a call would hide one among its many.
 */
export function grows(
  t: ExecutionContext,
  few: number,
  from: Life,
  { to, most }: { to: Life; most: number },
) {
  t.true(to.size > 0);
  const tooMuch = [...to].flatMap(([call, work]) =>
    [...work].flatMap(([statement, rows]) => {
      const before = Math.max(from.get(call)?.get(statement) ?? 0, ROWS_AN_ITEM * few);
      if (rows <= most * before) return [];
      return [`${call}: ${before} → ${rows} rows in ${statement.slice(0, 400)}`];
    }),
  );
  t.deepEqual(tooMuch, []);
}
