// pg-boss with two workers that take batches of 500, without a pause while they come full, and are
// woken by NOTIFY.
import { PgBoss } from 'pg-boss';
import { act, count, serve, timedAct } from './program.mjs';

const WORK = {
  batchSize: 500,
  localConcurrency: 2,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5,
};
const QUEUES = ['hello', 'seq10', 'timed'];

let boss;
let working;

const handlers = {
  async hello(jobs) {
    await Promise.all(jobs.map(({ data }) => act(data.x)));
    count(jobs.length);
  },
  /** A chain: each batch of jobs inserts the batch of the next ones. */
  async seq10(jobs) {
    await Promise.all(jobs.map(({ data }) => act(data.i ?? 0)));
    const next = jobs
      .map(({ data: { x, i = 0 } }) => ({ data: { x, i: i + 1 } }))
      .filter(({ data }) => data.i < 10);
    if (next.length > 0) await boss.insert('seq10', next);
    count(jobs.length - next.length);
  },
  async timed(jobs) {
    await Promise.all(jobs.map(({ data }) => timedAct(data.x)));
  },
};

serve({
  async open({ connectionString, role }) {
    const isWorker = role === 'worker';
    boss = new PgBoss({
      connectionString,
      max: isWorker ? 10 : 20,
      useListenNotify: isWorker,
      supervise: isWorker,
      schedule: false,
    });
    boss.on('error', (error) => console.error('pg-boss:', error));
    await boss.start();
    if (isWorker) for (const name of QUEUES) await boss.createQueue(name, { notify: true });
  },
  startMany: (flow, inputs) =>
    boss.insert(
      flow,
      inputs.map((x) => ({ data: { x } })),
    ),
  startOne: (flow, x) => boss.send(flow, { x }),
  async work(flow) {
    working = flow;
    await boss.work(flow, WORK, handlers[flow]);
  },
  async rest() {
    if (working !== undefined) await boss.offWork(working, { wait: true });
    working = undefined;
  },
});
