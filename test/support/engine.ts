import test from 'ava';
import type { Pool, PoolClient } from 'pg';
import { testDatabase, type TestDatabase } from './cluster';

/** What an exchange hands out, as the columns come. */
export interface WorkRow {
  kind: string;
  job_id: string;
  address: string;
  position: number;
  attempt: number;
  workflow_id: string;
  name: string;
  input: unknown;
  options: unknown;
  is_failed: boolean | null;
  is_cancelled: boolean | null;
  value: string | null;
  expire_seconds: string | null;
}

export interface Report {
  turns?: number;
  activities?: number;
  idle?: boolean | null;
  steps?: {
    job: string;
    address?: string;
    position: number;
    kind?: string;
    name?: string;
    input?: unknown;
    value?: unknown;
    delivery?: number;
  }[];
  plans?: Plan[];
  reports?: {
    job: string;
    address?: string;
    position: number;
    attempt: number;
    failed?: boolean;
    code?: number;
    value?: unknown;
  }[];
  ends?: { job: string; address?: string; result?: unknown; error?: unknown }[];
  /** A hook returned, or (input) the main function continues as new. */
  threads?: { job: string; address: string; input?: unknown[] }[];
  failures?: {
    job: string;
    address?: string;
    error?: unknown;
    blocked?: boolean;
    forgotten?: number;
  }[];
  deliveries?: { job: string; position: number; order: number }[];
}

export interface Plan {
  job: string;
  address?: string;
  position: number;
  kind: string;
  name?: string;
  input?: unknown;
  queue?: string;
  delay?: number;
  attempt?: number;
  held?: boolean;
  failed?: boolean;
  options?: unknown;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * The engine in a database of the file's own, through SQL alone. Call it once, at the top of a test
 * file: after every test it asserts that the rules of the engine hold.
 */
export function engine() {
  let database: TestDatabase | undefined;
  let names = 0;
  test.before(async () => {
    database = await testDatabase();
  });
  test.afterEach.always('the rules of the engine hold', async (t) => {
    t.deepEqual(await rows('select * from ratchet.check_invariants()'), []);
  });
  const ends: (() => Promise<void>)[] = [];
  test.after.always(async () => {
    for (const end of ends) await end();
    await database?.drop();
  });

  const pool = () => {
    if (database === undefined) throw new Error('The database is there only inside of tests.');
    return database.pool;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows of any query
  async function rows<T = Record<string, any>>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await pool().query(text, values)).rows as T[];
  }
  /** The first column of the first row. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any query
  async function value<T = any>(text: string, values: unknown[] = []): Promise<T> {
    const [row] = await rows(text, values);
    return Object.values(row ?? {})[0] as T;
  }
  return {
    ...{ pool, rows, value },
    /** Runs after the last test of the file, while the database is still there. */
    finally: (end: () => Promise<void>) => void ends.push(end),
    url: () => database?.url ?? '',
    /** A name that no other test of the file uses. */
    name: () => `n${(names += 1)}`,
    async worker(queue: string, workflow: string | null = queue, lease = 30) {
      const routes = [{ queue, workflow: workflow ?? undefined }];
      const text = 'select ratchet.register_worker($1, $2, $3)';
      return value<string>(text, ['test', JSON.stringify(routes), lease]);
    },
    async start(queue: string, id: string, args: unknown[] = [], options: unknown = null) {
      const text = `select ratchet.start_workflow($1, $2, $3, p_options => $4)`;
      await rows(text, [queue, JSON.stringify(args), id, options && JSON.stringify(options)]);
      return value<string>('select id from ratchet.jobs where key = $1', [id]);
    },
    exchange: (worker: string, report: Report = {}) => exchange(pool(), worker, report),
    /** Lets the lease of a worker run out. */
    async expire(worker: string) {
      const past = `expires_at = ratchet_internal.now() - interval '1 second'`;
      await rows(`update ratchet_internal.workers set ${past} where id = $1`, [worker]);
    },
    messages: (job: string) =>
      rows(
        `select position, kind, worker_id, attempt, options::text from ratchet_internal.messages
          where job_id = $1 order by address, position`,
        [job],
      ),
  };
}

/** SQLSTATE of the error a promise is rejected with; the word `ok` when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/** One call of ratchet.exchange with what is given; groups that are left out are null. */
export async function exchange(on: Queryable, worker: string, report: Report = {}) {
  const { turns = 10, activities = 10, idle = false } = report;
  const call: Record<string, unknown> = {
    ...{ worker, turn_room: turns, activity_room: activities, is_idle: idle },
    ...group('step', report.steps, (step) => ({
      ...{
        jobs: step.job,
        addresses: step.address ?? '',
        positions: step.position,
        kinds: step.kind ?? 'activity',
      },
      ...{ names: step.name ?? 'step', deliveries: step.delivery ?? null, failed: false },
      ...{ inputs: json(step.input), values: json(step.value) },
    })),
    ...group('plan', report.plans, planColumns),
    ...group('activity', report.reports, (done) => ({
      ...{
        jobs: done.job,
        addresses: done.address ?? '',
        positions: done.position,
        attempts: done.attempt,
      },
      ...{ failed: done.failed ?? false, codes: done.code ?? null, values: json(done.value) },
    })),
    ...group('end', report.ends, (end) => ({
      ...{ jobs: end.job, addresses: end.address ?? '' },
      ...{ results: json(end.result), errors: json(end.error) },
    })),
    ...group('thread', report.threads, ({ job, address, input }) => ({
      ...{ jobs: job, addresses: address, inputs: json(input) },
    })),
    ...group('failure', report.failures, (failure) => ({
      ...{
        jobs: failure.job,
        addresses: failure.address ?? '',
        errors: json(failure.error ?? { message: 'failed' }),
      },
      ...{ blocked: failure.blocked ?? false, forgotten: failure.forgotten ?? null },
    })),
    ...group('delivery', report.deliveries, (delivery) => ({
      ...{ jobs: delivery.job, addresses: '', positions: delivery.position },
      orders: delivery.order,
    })),
  };
  const names = Object.keys(call).map((name, index) => `p_${name} => $${index + 1}`);
  const text = `select * from ratchet.exchange(${names.join(', ')})`;
  return (await on.query(text, Object.values(call))).rows as WorkRow[];
}

function planColumns(plan: Plan) {
  return {
    ...{ jobs: plan.job, addresses: plan.address ?? '', positions: plan.position },
    ...{
      kinds: plan.kind,
      names: plan.name ?? plan.kind,
      inputs: json(plan.input),
      queues: plan.queue ?? null,
    },
    ...{ delays: plan.delay ?? null, attempts: plan.attempt ?? 0, held: plan.held ?? false },
    ...{ failed: plan.failed ?? false, options: json(plan.options) },
  };
}

/** Turns objects into the parallel arrays of one group of parameters. */
function group<T>(name: string, items: T[] | undefined, columns: (item: T) => object) {
  const all = (items ?? []).map((item) => Object.entries(columns(item)));
  const first = all[0] ?? [];
  return Object.fromEntries(
    first.map(([column], at) => [`${name}_${column}`, all.map((entries) => entries[at]?.[1])]),
  );
}
