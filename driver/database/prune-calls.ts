import type { Database } from './database';

export interface PruneRequest {
  namespaces: string[];
  olderThanMs: number;
  isRemovingJobs: boolean;
  isStripping: boolean;
  isRemovingTransient: boolean;
  entities: string[] | null;
  isKeepingHooks: boolean;
}

export interface PrunedJobs {
  jobs: number;
  transient: number;
  attributes: number;
  marked: number;
}

const BATCH = 1_000;
const PRUNE_JOBS = `select next_job, jobs, transient, attributes, marked
  from ratchet.prune_jobs($1, $2::bigint * interval '1 millisecond', $3, $4, $5, $6, $7, $8, $9)`;
const PRUNE_SIGNALS = 'select ratchet.prune_signals($1, $2)';

/** Batch after batch, each in a commit of its own, so that nobody waits for it. */
export async function pruneJobs(database: Database, request: PruneRequest): Promise<PrunedJobs> {
  const { namespaces, olderThanMs, entities } = request;
  const { isRemovingJobs, isStripping, isRemovingTransient, isKeepingHooks } = request;
  const flags = [isRemovingJobs, isStripping, isRemovingTransient, entities, isKeepingHooks];
  const total: PrunedJobs = { jobs: 0, transient: 0, attributes: 0, marked: 0 };
  for (let after: string | null = '0'; after !== null;) {
    const values: unknown[] = [namespaces, olderThanMs, after, BATCH, ...flags];
    type Row = [string | null, ...string[]];
    const rows: Row[] = await database.rows<Row>(PRUNE_JOBS, values);
    const [next = null, jobs, transient, attributes, marked] = rows[0] ?? [];
    total.jobs += Number(jobs);
    total.transient += Number(transient);
    total.attributes += Number(attributes);
    total.marked += Number(marked);
    after = next;
  }
  return total;
}

export async function pruneSignals(database: Database, namespaces: string[]): Promise<number> {
  for (let total = 0; ;) {
    const [row] = await database.rows<[string]>(PRUNE_SIGNALS, [namespaces, BATCH]);
    const count = Number(row?.[0]);
    total += count;
    if (count < BATCH) return total;
  }
}
