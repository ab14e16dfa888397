import type { engine } from './engine';

/** A run of an activity, as the database keeps it. */
export interface ObservedRun {
  code: number;
  failed: boolean;
  value: unknown;
  input: unknown;
  isFinal: boolean;
  isSkipped: boolean;
}

/** A job with its history. */
export interface ObservedJob {
  id: string;
  key: string;
  topic: string;
  entity: string;
  status: number;
  data: Record<string, unknown> | null;
  error: { code?: number } | null;
  expire: number;
  /** By activity and address. */
  runs: Map<string, ObservedRun>;
  /** The jobs that it started, by the activity and address that asked for them. */
  children: Map<string, ObservedJob>;
}

interface JobRow extends Omit<ObservedJob, 'runs' | 'children'> {
  parent: string | null;
  by: string;
}

const JOBS = `
  select j.id, j.key, j.workflow as topic, j.entity, j.status, j.context as data, j.error,
    j.expire_seconds::int8::float8 as expire, j.parent_id as parent,
    (j.options ->> 'pa') || ' ' || (j.options ->> 'pd') as by
  from ratchet.jobs j
  where j.namespace = $1 and (j.key = $2 or j.origin_id = (
    select id from ratchet.jobs where namespace = $1 and key = $2)) order by j.id`;

const RUNS = `
  select a.job_id, split_part(a.field, ' ', 2) || ' ' || a.address as run, a.is_failed as failed,
    coalesce(a.code, case when a.is_failed then 500 else 200 end) as code, a.value, a.input,
    ratchet_internal.is_final(a.ledger) as "isFinal",
    ratchet_internal.is_final(a.ledger) and a.ledger / 1000000000000 % 100 = 0 as "isSkipped"
  from ratchet.jobs_attributes a
  where a.job_id = any ($1) and a.address like ',%' and a.kind <> 'trigger'`;

/** What the database keeps of a job and all that it started. */
export async function observe(
  sql: ReturnType<typeof engine>,
  space: string,
  key: string,
): Promise<ObservedJob> {
  const rows = await sql.rows<JobRow>(JOBS, [space, key]);
  const jobs = new Map<string, ObservedJob>();
  for (const { parent, by, ...row } of rows) {
    const job = { ...row, runs: new Map(), children: new Map() };
    jobs.set(row.id, job);
    jobs.get(parent ?? '')?.children.set(by, job);
  }
  const runs = await sql.rows<ObservedRun & { job_id: string; run: string }>(RUNS, [
    [...jobs.keys()],
  ]);
  for (const { job_id, run, ...row } of runs) {
    const value: unknown = typeof row.value === 'string' ? JSON.parse(row.value) : row.value;
    jobs.get(job_id)?.runs.set(run, { ...row, value });
  }
  return [...jobs.values()][0] as ObservedJob;
}

/** What a run came to, apart from ids, times and the text of an error. */
export function runText(code: number, failed: boolean | undefined, value: unknown) {
  const members = Object.entries(Object(failed === true ? null : value) as object)
    .filter(([key]) => !['id', 'timestamp', 'jc', 'ju'].includes(key))
    .sort();
  return JSON.stringify({ code, failed: failed === true, value: members });
}
