// DBOS: workflows from a queue, a hundred at once, its intervals of polling shortened; starts of
// many in one transaction.
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { count, flows, serve, uncounted } from './program.mjs';

const CONCURRENCY = 100;
const POLLING_MS = 20;

let config;
let client;
let pool;

/** A workflow that waits for a message is addressed by its id. */
const options = (flow, x) => ({
  queueName: 'bench',
  workflowName: flow,
  ...(flow === 'signals' ? { workflowID: `signals-${x}` } : {}),
});

const registered = {};

/** Children run where their parent does. */
const waits = {
  wait: () => DBOS.recv('go', { pollingIntervalMs: POLLING_MS }),
  async child(x) {
    const handle = await DBOS.startWorkflow(registered.child)(x);
    return handle.getResult({ pollingIntervalMs: POLLING_MS });
  },
};

function register(flow) {
  const step = (fn) => DBOS.runStep(fn, { name: 'step' });
  const run = async (x) => {
    const value = await flows[flow](step, x, waits);
    if (!uncounted.includes(flow)) count();
    return value;
  };
  registered[flow] = DBOS.registerWorkflow(run, { name: flow });
}

async function launch() {
  DBOS.setConfig(config);
  await DBOS.launch();
}

serve({
  async open({ connectionString, role }) {
    const shared = { systemDatabaseUrl: connectionString };
    if (role === 'client') {
      client = await DBOSClient.create({
        ...shared,
        applicationName: 'bench',
        systemDatabasePoolSize: 20,
      });
      pool = new pg.Pool({ connectionString, max: 1 });
      return;
    }
    config = { ...shared, name: 'bench', logLevel: 'error' };
    for (const flow of Object.keys(flows)) register(flow);
    await launch();
    await DBOS.registerQueue('bench', {
      minPollingIntervalMs: POLLING_MS,
      workerConcurrency: CONCURRENCY,
    });
    await DBOS.shutdown();
  },
  async startMany(flow, inputs) {
    const connection = await pool.connect();
    await connection.query('begin');
    for (const x of inputs) await client.enqueueInTransaction(connection, options(flow, x), x);
    await connection.query('commit');
    connection.release();
  },
  startOne: (flow, x) => client.enqueue(options(flow, x), x),
  result: (handle) => handle.getResult({ pollingIntervalMs: POLLING_MS }),
  signal: (x) => client.send(`signals-${x}`, { x }, 'go'),
  isSlowToOpen: true,
  work: launch,
  async rest() {
    if (DBOS.isInitialized()) await DBOS.shutdown();
  },
});
