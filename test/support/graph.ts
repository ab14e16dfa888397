import type { engine } from './engine';

type Sql = ReturnType<typeof engine>;

/** A graph as YAML would give it. */
export interface Graph {
  subscribes?: string;
  publishes?: string;
  expire?: unknown;
  activities: Record<string, { type: string; [option: string]: unknown }>;
  transitions?: Record<string, { to: string; conditions?: unknown }[]>;
  hooks?: Record<string, unknown[]>;
}

export interface GraphState {
  job_id: string;
  status: number;
  metadata: Record<string, unknown>;
  data: Record<string, unknown> | null;
  error: Record<string, unknown> | null;
}

/** What a worker got, and answers. */
export interface Claim {
  job_id: string;
  address: string;
  position: number;
  attempt: number;
  name: string;
  input: unknown;
  options: { metadata: Record<string, unknown> };
}

interface Answer {
  data?: unknown;
  code?: number;
  failed?: boolean;
}

/** An app with graphs, through SQL alone; version 1 is deployed and active. */
export async function graphApp(sql: Sql, ...graphs: Graph[]) {
  const app = sql.name();
  const space = `hmsh:${app}`;
  const deploy = (version: string, ...given: Graph[]) =>
    sql.value('select ratchet.deploy($1)', [
      JSON.stringify({ app: { id: app, version, graphs: given } }),
    ]);
  const activate = (version: string) =>
    sql.value<boolean>('select ratchet.activate($1, $2)', [version, app]);
  await deploy('1', ...graphs);
  await activate('1');
  const engineRoute = { namespace: space, queue: '$graph', workflow: '$graph' };
  const register = (routes: unknown[]) =>
    sql.value<string>('select ratchet.register_worker($1, $2)', ['test', JSON.stringify(routes)]);
  const exchange = async (worker: string, claims: [Claim, Answer][] = [], room = 10) => {
    const call = () =>
      sql.rows<Claim>(
        `select * from ratchet.exchange($1, 0, $2, p_activity_jobs => $3,
        p_activity_addresses => $4, p_activity_positions => $5, p_activity_attempts => $6,
        p_activity_failed => $7, p_activity_codes => $8, p_activity_values => $9)`,
        [worker, room, ...(claims.length > 0 ? columns(claims) : Array<null>(7).fill(null))],
      );
    return repeated(call);
  };
  return {
    ...{ app, space, deploy, activate, exchange },
    publish: (topic: string, data: unknown = {}, options: unknown = null) =>
      repeated(() =>
        sql.value<GraphState>('select ratchet.publish($1, $2, $3, $4)', [
          ...[topic, JSON.stringify(data), app, options && JSON.stringify(options)],
        ]),
      ),
    state: (job: string) => sql.value<GraphState>('select ratchet.graph_state($1, $2)', [job, app]),
    signal: (topic: string, data: unknown, status: string | null = null) =>
      sql.value<string>('select ratchet.signal_topic($1, $2, $3, $4)', [
        ...[topic, JSON.stringify(data), app, status],
      ]),
    interrupt: (job: string, options: unknown = null) =>
      sql.value<string | null>('select ratchet.interrupt($1, $2, $3)', [
        ...[job, app, options && JSON.stringify(options)],
      ]),
    respond: (claim: Claim, status: string, code: number, data: unknown) =>
      sql.value<string>('select ratchet.respond($1, $2, $3, $4, $5, $6, $7, $8)', [
        ...[claim.options.metadata['jid'], claim.name, claim.address, status, code],
        ...[JSON.stringify(data), app, claim.options.metadata['gid']],
      ]),
    /** A worker of topics that also goes on with graphs, unless told otherwise. */
    worker: (
      topics: string[],
      { retry, engines = true }: { retry?: unknown; engines?: boolean } = {},
    ) =>
      register([
        ...(engines ? [engineRoute] : []),
        ...topics.map((queue) => ({ namespace: space, queue, retry })),
      ]),
    /** Answers everything a worker gets until it gets nothing more; returns what it got. */
    async work(worker: string, answer: (claim: Claim) => Answer) {
      const seen: Claim[] = [];
      let reports: [Claim, Answer][] = [];
      for (;;) {
        const claims = (await exchange(worker, reports)).filter((row) => row.name !== null);
        if (claims.length === 0) return seen;
        seen.push(...claims);
        reports = claims.map((claim) => [claim, answer(claim)]);
      }
    },
    /** Goes on with graphs until nothing is left to do. */
    async run() {
      let steps = 0;
      for (let idle = 0; idle < 2;) {
        const done = await sql.value<number>('select ratchet.run_graphs($1)', [app]);
        idle = done === 0 ? idle + 1 : 0;
        steps += done;
      }
      return steps;
    },
    /** The history of a job: what ran, where. */
    history: async (job: string) => {
      const rows = await sql.rows<{ run: string }>(
        `select split_part(a.field, ' ', 2) || a.address as run from ratchet.jobs_attributes a
          join ratchet.jobs j on j.id = a.job_id where j.key = $1 and j.namespace = $2
          and a.address like ',%' order by a.created_at, a.address, a.position`,
        [job, space],
      );
      return rows.map((row) => row.run).sort();
    },
    messages: (job: string) =>
      sql.rows(
        `select m.kind, m.address, m.key from ratchet_internal.messages m
          join ratchet.jobs j on j.id = m.job_id where j.key = $1 and j.namespace = $2
          order by m.address, m.position`,
        [job, space],
      ),
  };
}

/** Two calls that start the same children in opposite order may be a deadlock: one is repeated. */
async function repeated<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01') throw error;
    }
  }
}

function columns(claims: [Claim, Answer][]) {
  return [
    claims.map(([claim]) => claim.job_id),
    claims.map(([claim]) => claim.address),
    claims.map(([claim]) => claim.position),
    claims.map(([claim]) => claim.attempt),
    claims.map(([, answer]) => answer.failed ?? false),
    claims.map(([, answer]) => answer.code ?? null),
    claims.map(([, answer]) => JSON.stringify(answer.data) ?? null),
  ];
}

/** The rule of a hook that waits under the job's id, for a signal that names it. */
export const byJob = (to: string) => [
  {
    to,
    conditions: { match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }] },
  },
];
