// openworkflow: many runs at once. Its intervals of polling and its pool of ten connections are
// fixed.
import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';
import { count, flows, serve, uncounted } from './program.mjs';

const CONCURRENCY = 100;
const STARTERS = 20;

let client;
let worker;
const defined = {};

function define(flow) {
  return client.defineWorkflow({ name: flow }, async ({ input, step }) => {
    let number = 0;
    const name = () => `${(number += 1)}`;
    const value = await flows[flow]((fn) => step.run({ name: name() }, fn), input.x, {
      wait: (x) => step.waitForSignal({ name: name(), signal: `go-${x}` }),
      child: (x) => step.runWorkflow(defined.child.workflow.spec, { x }, { name: name() }),
    });
    if (!uncounted.includes(flow)) count();
    return value;
  });
}

serve({
  async open({ connectionString }) {
    const backend = await BackendPostgres.connect(connectionString);
    client = new OpenWorkflow({ backend });
    for (const flow of Object.keys(flows)) defined[flow] = define(flow);
  },
  /** It starts one run a call. */
  async startMany(flow, inputs) {
    const left = [...inputs];
    const starter = async () => {
      for (let x = left.pop(); x !== undefined; x = left.pop()) await defined[flow].run({ x });
    };
    await Promise.all(Array.from({ length: STARTERS }, starter));
  },
  startOne: (flow, x) => defined[flow].run({ x }),
  signal: (x) => client.sendSignal({ signal: `go-${x}`, data: { x } }),
  result: (handle) => handle.result(),
  async work() {
    worker = client.newWorker({ concurrency: CONCURRENCY });
    await worker.start();
  },
  async rest() {
    await worker?.stop();
    worker = undefined;
  },
});
