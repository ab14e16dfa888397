import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { Client } from 'pg';
import { HotMesh, type HotMeshConfig, type WorkerCallback } from '../../driver';
import { testDatabase, type TestDatabase } from './cluster';
import type { CrashPoint } from './crash-point';
import { countEffects, EFFECTS_VARIABLE, readEffects, recordEffect } from './effects';
import { byJob, type Graph } from './graph';
import type { GraphWorkerSettings } from './graph-worker-main';
import { temporaryFolder } from './temporary-folder';
import { waitFor, within } from './wait-for';
import { expireLease } from './worker-process';

const add = (left: string, right: unknown) => ({ '@pipe': [[left, right], ['{@math.add}']] });
const work = (value: unknown) => ({
  ...{ type: 'worker', topic: 'work' },
  input: { maps: { n: value } },
});

/** Every way to wait: a worker, a child with a worker, a signal, a time, and a loop of workers. */
const GRAPHS: Graph[] = [
  {
    subscribes: 'main',
    expire: 900,
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      first: work(1),
      call: { type: 'await', topic: 'sub', input: { maps: { n: '{first.output.data.n}' } } },
      hold: { type: 'hook', job: { maps: { by: '{$self.hook.data.by}' } } },
      nap: { type: 'hook', sleep: 0.02 },
      pivot: { type: 'hook', output: { maps: { n: '{call.output.data.sum}' } } },
      body: { ...work('{pivot.output.data.n}'), job: { maps: { n: '{$self.output.data.n}' } } },
      again: {
        type: 'cycle',
        ancestor: 'pivot',
        input: { maps: { n: '{body.output.data.n}' } },
      },
      end: { type: 'hook', job: { maps: { sum: add('{body.output.data.n}', 1000) } } },
      side: { ...work(50), job: { maps: { side: '{$self.output.data.n}' } } },
    },
    transitions: {
      start: [{ to: 'first' }, { to: 'side' }],
      first: [{ to: 'call' }],
      call: [{ to: 'hold' }],
      hold: [{ to: 'nap' }],
      nap: [{ to: 'pivot' }],
      pivot: [{ to: 'body' }],
      body: [
        { to: 'again', conditions: { code: 201 } },
        { to: 'end', conditions: { code: 200 } },
      ],
    },
    hooks: { go: byJob('hold') },
  },
  {
    subscribes: 'sub',
    expire: 900,
    activities: {
      begin: { type: 'trigger' },
      part: { ...work('{begin.output.data.n}'), job: { maps: { sum: '{$self.output.data.n}' } } },
    },
    transitions: { begin: [{ to: 'part' }] },
  },
];
const RESULT = { by: 'test', n: 5, side: 51, sum: 1005 };
const STEPS = ['first', 'part', 'side', 'body,0', 'body,1'];

const callback: WorkerCallback = async ({ data, metadata }) => {
  const { aid, dad = '' } = metadata;
  const pass = aid === 'body' ? `,${dad.split(',').at(-2)}` : '';
  recordEffect({
    workflowId: 'graph',
    label: `${aid}${pass}`,
    pid: process.pid,
    attempt: 1,
  });
  const n = Number((data as { n: number }).n) + 1;
  return { code: aid === 'body' && n < RESULT.n ? 201 : 200, data: { n } };
};

/** An instance that runs the graphs of an app, and their worker. */
export function graphWorker(appId: string, connection: object): HotMeshConfig {
  const worker = { topic: 'work', connection, callback };
  return { appId, logLevel: 'error', engine: { connection }, workers: [worker] } as HotMeshConfig;
}

export interface GraphCrashBench {
  t: ExecutionContext<unknown>;
  database: TestDatabase;
  /** Runs the graph; the process that does dies where it is told. */
  run(crash?: CrashPoint): Promise<{ exchanges: number; hasDied: boolean; faults: string[] }>;
}

let count = 0;

/** A database; each run has an app of its own, and this process finishes what a dead one left. */
export async function graphCrashBench(t: ExecutionContext<unknown>): Promise<GraphCrashBench> {
  const database = await testDatabase(t);
  const folder = temporaryFolder();
  t.teardown(() => HotMesh.stop());
  return {
    ...{ t, database },
    run: async (crash) => {
      const app = `app${(count += 1)}`;
      // What both processes write down, each run in a file of its own.
      process.env[EFFECTS_VARIABLE] = join(folder, `${app}.jsonl`);
      return run(t, database, app, crash);
    },
  };
}

async function run(
  ...[t, { pool, url }, app, crash]: [
    ExecutionContext<unknown>,
    TestDatabase,
    string,
    CrashPoint | undefined,
  ]
) {
  const document = { app: { id: app, version: '1', graphs: GRAPHS } };
  await pool.query('select ratchet.deploy($1)', [JSON.stringify(document)]);
  await pool.query('select ratchet.activate($1, $2)', ['1', app]);
  await pool.query('select ratchet.publish($1, $2, $3)', ['main', { id: app }, app]);
  const victim = fork(
    join(__dirname, 'graph-worker-main.ts'),
    [JSON.stringify({ url, app, name: app, crash } satisfies GraphWorkerSettings)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  t.teardown(() => void victim.kill('SIGKILL'));
  const gone = once(victim, 'exit').then(() => true);
  const ended = play(pool, app).then(() => false);
  ended.catch(() => undefined); // whoever awaits it hears of it
  const hasDied = await Promise.race([gone, ended]);
  const before = hasDied ? await takeOver(pool, url, app, victim) : new Map<string, number>();
  await within(`the end of ${app}`, ended);
  // One that is to die may do so at this moment, after the end, and would not answer.
  const exchanges = crash === undefined ? await exchangesOf(victim) : 0;
  victim.kill('SIGKILL');
  await gone;
  await expireLease(pool, `${hostname()}-${victim.pid}`);
  return { exchanges, hasDied, faults: await faultsOf(pool, app, hasDied, before) };
}

type Pool = TestDatabase['pool'];

/** Sends the signal when it is waited for, and waits for the end. */
async function play(pool: Pool, app: string): Promise<void> {
  const space = `hmsh:${app}`;
  const waits = `select from ratchet_internal.messages where kind = 'wait' and namespace = $1`;
  await waitFor('the hook waits', async () => (await pool.query(waits, [space])).rowCount === 1);
  await pool.query('select ratchet.signal_topic($1, $2, $3)', ['go', { id: app, by: 'test' }, app]);
  const open = 'select from ratchet.jobs where status > 0 and namespace = $1';
  await waitFor('it ends', async () => (await pool.query(open, [space])).rowCount === 0);
}

/** This process goes on. Returns how often each step had run that was answered by then. */
async function takeOver(pool: Pool, url: string, app: string, victim: ChildProcess) {
  const connections = 'select from pg_stat_activity where application_name = $1';
  await waitFor('it is gone', async () => (await pool.query(connections, [app])).rowCount === 0);
  const answered = await answeredSteps(pool, app);
  const executions = executionsOf();
  await expireLease(pool, `${hostname()}-${victim.pid}`);
  await HotMesh.init(graphWorker(app, { class: Client, options: { connectionString: url } }));
  return new Map(answered.map((step) => [step, executions.get(step) ?? 0]));
}

function executionsOf() {
  const counts = countEffects(readEffects(process.env[EFFECTS_VARIABLE] ?? ''));
  return new Map([...counts].map(([step, times]) => [step.split(' ')[1] ?? '', times]));
}

async function answeredSteps(pool: Pool, app: string): Promise<string[]> {
  const { rows } = await pool.query<{ step: string }>(
    `select split_part(a.field, ' ', 2) || case when a.field like '% body'
        then ',' || split_part(a.address, ',', -2) else '' end as step
      from ratchet.jobs_attributes a join ratchet.jobs j on j.id = a.job_id
      where j.namespace = $1 and a.kind = 'worker' and ratchet_internal.is_final(a.ledger)`,
    [`hmsh:${app}`],
  );
  return rows.map(({ step }) => step);
}

async function exchangesOf(victim: ChildProcess): Promise<number> {
  const heard = once(victim, 'message') as Promise<[{ exchanges?: number }]>;
  victim.send('count');
  return (await heard)[0].exchanges ?? 0;
}

async function faultsOf(
  ...[pool, app, hasDied, before]: [Pool, string, boolean, Map<string, number>]
): Promise<string[]> {
  const faults: string[] = [];
  const { rows } = await pool.query<{ state: { status: number; data: object; error: unknown } }>(
    'select ratchet.graph_state($1, $2) as state',
    [app, app],
  );
  const { status, data, error } = rows[0]?.state ?? {};
  const seen = JSON.stringify([status, error, Object.entries(data ?? {}).sort()]);
  const right = JSON.stringify([0, null, Object.entries(RESULT)]);
  if (seen !== right) faults.push(`it ended with ${seen} instead of ${right}`);
  const answered = await answeredSteps(pool, app);
  if (answered.sort().join() !== [...STEPS].sort().join())
    faults.push(`answered: ${answered.join()}`);
  const executions = executionsOf();
  for (const step of STEPS) {
    const times = executions.get(step) ?? 0;
    if (times < 1 || times > (hasDied ? 2 : 1)) faults.push(`${step} was executed ${times} times`);
  }
  for (const [step, times] of before) {
    if (times !== executions.get(step)) faults.push(`${step} was answered and executed again`);
  }
  const broken = await pool.query('select * from ratchet.check_invariants()');
  return [...faults, ...broken.rows.map((row) => JSON.stringify(row))];
}
