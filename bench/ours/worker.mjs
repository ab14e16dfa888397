// A worker process as a user would write it, with the workflows of the benchmark.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Durable } from '../../dist/index.mjs';
import { onCommands } from '../commands.mjs';

const act = async (x) => ({ ok: true, x });
/** Tells when it began, on the clock that all processes of the machine share. */
const timedAct = async (x) => {
  process.send({ event: 'step', value: performance.timeOrigin + performance.now() });
  return act(x);
};
const { step, timedStep } = Durable.workflow.proxyActivities({
  activities: { step: act, timedStep: timedAct },
});
const remote = Durable.workflow.proxyActivities({ taskQueue: 'steps' });

let ended = 0;
let total = 0;
let isOneOfMany = false;
let reporting;

/** Says how many have ended here: one process of several does not know when all have. */
function report() {
  reporting ??= setTimeout(() => {
    reporting = undefined;
    process.send({ event: 'ended', value: ended });
  }, 2);
}

/** Counts ends, so that the measuring process need not ask the database all the time. */
function counted(run) {
  return async (...args) => {
    const value = await run(...args);
    ended += 1;
    if (isOneOfMany) report();
    else if (ended === total) process.send({ event: 'done' });
    return value;
  };
}

async function sequence(call, count) {
  let last;
  for (let i = 0; i < count; i += 1) last = await call(i);
  return last;
}

const workflows = {
  hello: counted(async (x) => ({ x, last: await step(x) })),
  seq10: counted(async (x) => ({ x, last: await sequence(step, 10) })),
  fan100: counted(async (x) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => step(i)));
    return { x, count: all.length };
  }),
  remote10: counted(async (x) => ({ x, last: await sequence(remote.step, 10) })),
  signals: counted(async (x) => ({ x, value: await Durable.workflow.condition(`go-${x}`) })),
  children: counted(async (x) => {
    const child = () => Durable.workflow.executeChild('child', { args: [x] });
    return { x, all: await Promise.all(Array.from({ length: 10 }, child)) };
  }),
  child: async (x) => ({ x, last: await step(x) }),
  timed: async (x) => ({ x, last: await timedStep(x) }),
  park: async (x) => {
    const value = await Durable.workflow.condition(`never-${x}`);
    return { x, value };
  },
};

/** What else has to be served for a workflow to end. */
const PARTS = { children: ['child'] };

let workers = [];
/** Keeps the process registered and its sessions open between runs, as those of the limit are. */
let resident;
let connection;

onCommands({
  async open({ connectionString }) {
    connection = { class: pg.Client, options: { connectionString } };
  },
  async drain({ flow, count, options, queues = ['bench'], isOneOfMany: isPart = false }) {
    ended = 0;
    total = count;
    isOneOfMany = isPart;
    const none = { resident: async () => {} };
    const apart = { connection, taskQueue: 'resident', workflow: none, options };
    resident ??= await Durable.Worker.create(apart);
    for (const taskQueue of queues) {
      for (const name of [...(PARTS[flow] ?? []), flow]) {
        const workflow = { [name]: workflows[name] };
        workers.push(await Durable.Worker.create({ connection, taskQueue, workflow, options }));
      }
    }
  },
  async steps() {
    const activities = { step: act };
    const config = { connection, taskQueue: 'steps' };
    workers.push(await Durable.registerActivityWorker(config, activities));
  },
  /** Starts one after another here, where it also runs; ms from start to result of each. */
  async exchange({ flow, count }) {
    const { workflow } = new Durable.Client({ connection });
    const shared = { taskQueue: 'bench', workflowName: flow, args: [1] };
    const found = [];
    for (let i = 0; i < count; i += 1) {
      const started = performance.now();
      await (await workflow.start({ ...shared, workflowId: randomUUID() })).result();
      found.push(performance.now() - started);
    }
    return found;
  },
  /** Gives everything back, so that the next run starts up front again. */
  async rest() {
    for (const worker of workers.splice(0)) await worker.stop();
  },
  async close() {
    await resident?.stop();
  },
});
