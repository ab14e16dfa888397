/** What the measuring process knows of a peer; README.md says how each is configured. */
export interface Peer {
  /** A job queue runs a job where an engine runs a workflow. */
  kind: 'engine' | 'queue';
  /** Why it cannot be measured at all. */
  absence?: string;
  /** The npm package that is measured, and the least version of Node that it asks for. */
  package: string;
  node: [major: number, minor: number];
  program: string;
  /** Empties it, and counts what has not ended well. */
  reset: string;
  unfinished: string;
  /** Counts what waits for a signal, where one that nobody waits for is lost. */
  waiting?: string;
  /** Workloads that it has no way to do, and why. */
  cannot: Record<string, string>;
}

const NO_PARALLEL_STEPS = 'a job has no steps, and none waits for a hundred others';
const NO_RESULT = 'nobody is told the result of a job';

const NO_WAITING = 'a job waits neither for a signal nor for other jobs';

const queue = {
  kind: 'queue' as const,
  cannot: {
    fan100: NO_PARALLEL_STEPS,
    result: NO_RESULT,
    signals: NO_WAITING,
    children: NO_WAITING,
  },
};
const engine = { kind: 'engine' as const, cannot: {} };

export const PEERS: Record<string, Peer> = {
  'graphile-worker': {
    ...queue,
    package: 'graphile-worker',
    node: [22, 18],
    program: 'peers/graphile-worker.mjs',
    reset: 'truncate graphile_worker._private_jobs',
    unfinished: 'select count(*)::int as n from graphile_worker._private_jobs',
  },
  'pg-boss': {
    ...queue,
    package: 'pg-boss',
    node: [22, 12],
    program: 'peers/pg-boss.mjs',
    reset: 'truncate pgboss.job',
    unfinished: "select count(*)::int as n from pgboss.job where state <> 'completed'",
  },
  dbos: {
    ...engine,
    package: '@dbos-inc/dbos-sdk',
    node: [20, 0],
    program: 'peers/dbos.mjs',
    reset: 'truncate dbos.workflow_status cascade',
    unfinished: "select count(*)::int as n from dbos.workflow_status where status <> 'SUCCESS'",
  },
  openworkflow: {
    ...engine,
    package: 'openworkflow',
    node: [20, 0],
    program: 'peers/openworkflow.mjs',
    reset: 'truncate openworkflow.workflow_runs cascade',
    unfinished: `select count(*)::int as n from openworkflow.workflow_runs
      where status <> 'completed'`,
    waiting: `select count(*)::int as n from openworkflow.workflow_runs
      where status = 'running' and worker_id is null and available_at > now() + interval '1 h'`,
  },
  absurd: {
    ...engine,
    absence: 'its npm package absurd-sdk 0.5.0 holds no schema; that comes with a Python tool only',
    package: 'absurd-sdk',
    node: [18, 0],
    program: '',
    reset: '',
    unfinished: '',
  },
};
