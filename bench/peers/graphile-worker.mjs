// graphile-worker as its performance page configures it: many jobs at once, a local queue of 500,
// completions in batches, a connection more than jobs.
import { Logger, makeWorkerUtils, run, runMigrations, WorkerPreset } from 'graphile-worker';
import { act, count, serve, timedAct } from './program.mjs';

const CONCURRENCY = 24;
const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(`graphile-worker: ${message}`);
});

let connection;
let utils;
let runner;

const taskList = {
  async hello({ x }) {
    await act(x);
    count();
  },
  /** A chain: each job adds the next. */
  async seq10({ x, i = 0 }, { addJob }) {
    await act(i);
    if (i < 9) await addJob('seq10', { x, i: i + 1 });
    else count();
  },
  async timed({ x }) {
    await timedAct(x);
  },
};

serve({
  async open({ connectionString, role }) {
    connection = connectionString;
    if (role === 'worker') await runMigrations({ connectionString, logger });
    else utils = await makeWorkerUtils({ connectionString, logger, maxPoolSize: 20 });
  },
  startMany: (flow, inputs) =>
    utils.addJobs(inputs.map((x) => ({ identifier: flow, payload: { x } }))),
  startOne: (flow, x) => utils.addJob(flow, { x }),
  async work() {
    const worker = {
      connectionString: connection,
      concurrentJobs: CONCURRENCY,
      maxPoolSize: CONCURRENCY + 1,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger,
    };
    const preset = { extends: [WorkerPreset], worker };
    runner = await run({ preset, taskList, noHandleSignals: true });
  },
  async rest() {
    await runner?.stop();
    runner = undefined;
  },
});
