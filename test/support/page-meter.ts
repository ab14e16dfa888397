import type { PoolClient } from 'pg';
import { exchange, type engine, type Report } from './engine';

/** Pages that calls touched, by call. */
export type Pages = Record<string, number>;

interface ExplainRow {
  'QUERY PLAN': { Plan: Record<string, number> }[];
}

/** Plans are made once, catalogues read once: the last of so many runs counts. */
const RUNS = 8;

/** Runs a statement and says how many pages it touched, those of nested statements included. */
export async function pagesOf(
  client: PoolClient,
  text: string,
  values: unknown[],
): Promise<number> {
  const explain = `explain (analyze, buffers, format json) ${text}`;
  const { rows } = await client.query<ExplainRow>(explain, values);
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
}

/** One worker that lives through jobs on a queue of its own. */
export class PageMeter {
  constructor(
    private readonly sql: ReturnType<typeof engine>,
    private readonly client: PoolClient,
    private readonly queue: string,
    /** Called when a job has been claimed. */
    private readonly onClaimed: (job: string) => Promise<unknown> = async () => undefined,
  ) {}

  /** The pages of each call in the life of a job, through a step elsewhere and a sleep. */
  async measure(label: string): Promise<Pages> {
    const { sql, queue } = this;
    const routes = JSON.stringify([{ queue, workflow: queue }, { queue }]);
    const register = 'select ratchet.register_worker($1, $2, 3600)';
    const worker = await sql.value<string>(register, [label, routes]);
    let pages: Pages = {};
    for (let run = 0; run < RUNS; run += 1) pages = await this.liveOnce(worker, `${label}-${run}`);
    await sql.rows('select ratchet.unregister_worker($1)', [worker]);
    return pages;
  }

  private async liveOnce(worker: string, id: string): Promise<Pages> {
    const { sql, client, queue } = this;
    const call = async (report: Report) => {
      let pages = 0;
      const query = async (text: string, values: unknown[]) => {
        pages = await pagesOf(client, text, values);
        return { rows: [] };
      };
      await exchange({ query } as never, worker, report);
      return pages;
    };
    const start = 'select ratchet.start_workflow($1, p_id => $2)';
    const started = await pagesOf(client, start, [queue, id]);
    const claimed = await call({});
    const job = await sql.value<string>('select id from ratchet.jobs where key = $1', [id]);
    await this.onClaimed(job);
    const step = { kind: 'activity', name: 'step', input: [], queue };
    const planned = await call({ plans: [{ job, position: 1, ...step }], activities: 0 });
    const taken = await call({});
    const answered = await call({ reports: [{ job, position: 1, attempt: 1, value: 1 }] });
    // It is due at once: the same call fires it.
    const fired = await call({ plans: [{ job, position: 2, kind: 'sleep', delay: 0 }] });
    const plan = (position: number, kind: string, more: object) =>
      call({ plans: [{ job, position, kind, ...more }] });
    const child = await plan(3, 'start', { input: [], options: { id: `${id}-c`, queue: 'none' } });
    const signal = await plan(4, 'signal', { name: `${id}-key`, input: 1 });
    const wait = await plan(5, 'wait', { name: `${id}-key` });
    const matched = await call({});
    const data = await plan(1, 'search', { address: '#6', name: 'search.incr', input: ['n', 1] });
    const held = await pagesOf(client, 'select ratchet.held_work($1)', [worker]);
    const ended = await call({ ends: [{ job, result: 'done' }] });
    const found = {
      result: await pagesOf(client, 'select ratchet.result($1)', [id]),
      watched: await pagesOf(client, `select ratchet.watch_jobs('durable', array[$1])`, [id]),
      idle: await call({ idle: true }),
    };
    const steps = { started, claimed, planned, taken, answered, fired };
    return { ...steps, child, signal, wait, matched, data, held, ended, ...found };
  }
}
