// npm run demo: the order workflow in processes of its own, one of which dies half-way.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from 'pgratchet';
import { demoDatabase, type DemoDatabase } from './demo/database';
import { say, table, title } from './demo/print';
import { start, stopPrograms, type Program } from './demo/programs';
import { watchHistory, type Step } from './demo/watch';

const LIMIT_MS = 25_000;

/** The query of the documentation, as written. */
const QUERY = `
SELECT j.key AS job_key, j.status AS semaphore, j.entity AS workflow,
       a.field AS attribute, a.value AS value, j.created_at, j.updated_at
FROM jobs j JOIN jobs_attributes a ON a.job_id = j.id
WHERE j.key = 'order-456' ORDER BY a.field;`;

const RUNS = `
select workflow_id, step, count(*) as runs, array_agg(process_id) as processes
from effects group by 1, 2 order by min(at);`;

const GRAPH_STEPS = `
SELECT j.status AS semaphore, j.entity AS workflow, a.field AS attribute, a.value AS value
FROM jobs j JOIN jobs_attributes a ON a.job_id = j.id
WHERE j.namespace = 'hmsh:orders' ORDER BY j.id, a.field;`;

const INVARIANTS = 'select * from ratchet.check_invariants();';
const RESULT = `select ratchet.result('order-456');`;

interface Runs {
  step: string;
  runs: string;
  processes: number[];
}

type Watch = ReturnType<typeof watchHistory>;

let database: DemoDatabase | undefined;
let watch: Watch | undefined;

/** The order workflow from its start to its result. Returns its two workers. */
async function runOrder(url: string, history: Watch): Promise<[Program, Program]> {
  start('inventory worker', 'order/inventory-worker.ts', url, 'blue');
  const first = start('order worker 1', 'order/worker.ts', url, 'green');
  const client = start('client', 'order/client.ts', url, 'yellow');
  let clientCode: number | string | undefined;
  void client.ended.then((code) => (clientCode = code));
  const reach = (isReached: (step: Step) => boolean) =>
    history.until((steps) => {
      if (clientCode !== undefined) throw new Error(`the client ended with ${clientCode}`);
      return steps.some(isReached);
    });

  await reach(({ field, is_final }) => is_final && field.endsWith(' priceOrder'));
  first.signal('SIGKILL');
  say('demo', `kills order worker 1 (kill -9 ${first.pid}) between two results`, 'red');
  await first.ended;
  const second = start('order worker 2', 'order/worker.ts', url, 'magenta');

  await reach(({ kind, is_final }) => kind === 'wait' && !is_final);
  await start('somebody', 'order/approve.ts', url, 'yellow').ended;
  const code = await client.ended;
  if (code !== 0) throw new Error(`the client ended with ${code}`);
  await history.until(() => true); // shows the rest
  return [first, second];
}

/** Every completed step ran once, in the process that was there for it. */
function checkRuns(runs: Runs[], steps: Step[], [first, second]: [Program, Program]): void {
  const completed = steps.filter(({ kind, is_final }) => kind === 'activity' && is_final);
  if (completed.length !== 5 || runs.length !== 5) {
    throw new Error(`5 steps were expected, ${completed.length} completed, ${runs.length} ran`);
  }
  const repeated = runs.filter((row) => row.runs !== '1').map(({ step }) => step);
  if (repeated.length > 0) throw new Error(`repeated: ${repeated.join(', ')}`);
  const workerOf = (name: string) => runs.find(({ step }) => step === name)?.processes[0];
  if (workerOf('priceOrder') !== first.pid || workerOf('printLabel') !== second.pid) {
    throw new Error('the job was not taken over as it should have been');
  }
  console.log(
    `\n${completed.length} steps completed, and each ran once: order worker 2 (${second.pid})` +
      ` went on where order worker 1 (${first.pid}) was killed.`,
  );
}

async function demo(): Promise<void> {
  say('demo', process.env.DATABASE_URL ? 'creates a database' : 'starts an embedded Postgres');
  database = await demoDatabase();
  const { url } = database;
  const { applied } = await migrate({ connectionString: url });
  say('demo', `installed the engine (${applied.join(', ')}) in ${database.name}`);
  watch = watchHistory(url);
  await watch.query(await readFile(join(__dirname, 'order', 'effects.sql'), 'utf8'));
  const workers = await runOrder(url, watch);
  await showRows(watch, workers);
  await runOrderGraph(url, watch);
}

/** The same order as a graph in YAML, with the same functions. */
async function runOrderGraph(url: string, history: Watch): Promise<void> {
  title('The order as a graph (examples/order-graph):');
  const code = await start('order graph', 'order-graph/order-graph.ts', url, 'cyan').ended;
  if (code !== 0) throw new Error(`the order graph ended with ${code}`);
  title(GRAPH_STEPS);
  const steps = await history.query<{ attribute: string }>(GRAPH_STEPS);
  table(steps);
  if (steps.length !== 6) throw new Error(`6 steps were expected, ${steps.length} are there`);
  const violations = await history.query(INVARIANTS);
  if (violations.length > 0) throw new Error('an invariant does not hold');
}

/** What is in the database afterwards; throws if that is not what it should be. */
async function showRows(history: Watch, workers: [Program, Program]): Promise<void> {
  title(`set search_path = ratchet, public;${QUERY}`);
  await history.query('set search_path = ratchet, public');
  table(await history.query(QUERY));
  title(`How often each step really ran:${RUNS}`);
  const runs = await history.query<Runs>(RUNS);
  table(runs);
  title(INVARIANTS);
  const violations = await history.query(INVARIANTS);
  table(violations);
  title(RESULT);
  table(await history.query(RESULT));
  checkRuns(runs, history.steps(), workers);
  if (violations.length > 0) throw new Error('an invariant does not hold');
}

/** Why a job does not move. */
async function showOpenSteps(): Promise<void> {
  const query = 'select job_key, field, why from ratchet.open_steps';
  const rows = await watch?.query(query).catch(() => []);
  if (rows) table(rows);
}

let cleaning: Promise<void> | undefined;

/** Leaves no process, file or port, however far the demo has come. */
function cleanUp(): Promise<void> {
  return (cleaning ??= (async () => {
    await stopPrograms();
    await watch?.close();
    await database?.stop();
  })());
}

async function main(): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`not done after ${LIMIT_MS / 1_000} s`);
    setTimeout(() => reject(error), LIMIT_MS).unref();
  });
  try {
    await Promise.race([demo(), late]);
    await cleanUp();
    console.log('\ndemo: ok');
  } catch (error) {
    if (cleaning) return; // interrupted: what fails now, fails because of that
    await showOpenSteps();
    await cleanUp();
    console.log(`demo: failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}
void main();
