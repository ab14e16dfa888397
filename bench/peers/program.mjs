// What every peer's program has in common: the work, and the commands that the measuring process
// gives. The same program serves as the worker and, in a process of its own, as the client.
import { onCommands } from '../commands.mjs';

const BATCH = 1_000;
const SIGNALLERS = 20;

const now = () => performance.timeOrigin + performance.now();

/** The work of a step, the same as in the other workers. */
export const act = async (x) => ({ ok: true, x });

/** Tells when it began, on the clock that all processes of the machine share. */
export const timedAct = async (x) => {
  process.send({ event: 'step', value: now() });
  return act(x);
};

async function sequence(step, count) {
  let last;
  for (let i = 0; i < count; i += 1) last = await step(() => act(i));
  return last;
}

/** What does not count as an end: the measuring process hears of it otherwise. */
export const uncounted = ['timed', 'child'];

/**
 * The workflows, for engines that have steps: `step` runs a function as one, `wait` waits for the
 * signal of a number, `child` runs a child and returns its result.
 */
export const flows = {
  hello: async (step, x) => ({ x, last: await step(() => act(x)) }),
  seq10: async (step, x) => ({ x, last: await sequence(step, 10) }),
  fan100: async (step, x) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => step(() => act(i))));
    return { x, count: all.length };
  },
  signals: async (_, x, { wait }) => ({ x, value: await wait(x) }),
  children: async (_, x, { child }) => {
    const all = await Promise.all(Array.from({ length: 10 }, () => child(x)));
    return { x, all };
  },
  child: async (step, x) => ({ x, last: await step(() => act(x)) }),
  timed: async (step, x) => ({ x, last: await step(() => timedAct(x)) }),
};

let ended = 0;
let total = 0;

/** Counts workflows that have run, so that the measuring process need not ask all the time. */
export function count(more = 1) {
  ended += more;
  if (ended === total) process.send({ event: 'done' });
}

async function rate(call, { clients, milliseconds }) {
  const started = performance.now();
  let calls = 0;
  const caller = async () => {
    for (; performance.now() - started < milliseconds; calls += 1) await call(calls);
  };
  await Promise.all(Array.from({ length: clients }, caller));
  return (calls / (performance.now() - started)) * 1000;
}

/**
 * Serves a peer: `open({ connectionString, role })`, `startMany(flow, inputs)`,
 * `startOne(flow, input)`, `result(started)` and `signal(input)` if it has them, `work(flow)` and
 * `rest()`.
 * `isSlowToOpen` says that `work` sets up much that a worker sets up once: it does not count.
 */
export function serve(peer) {
  onCommands({
    open: peer.open,
    rest: peer.rest,
    async start({ flow, count: wanted }) {
      for (let from = 0; from < wanted; from += BATCH) {
        const length = Math.min(BATCH, wanted - from);
        await peer.startMany(
          flow,
          Array.from({ length }, (_, i) => from + i),
        );
      }
    },
    /** Twenty callers, each sending one signal after another. */
    async signal({ count: wanted }) {
      let next = 0;
      const caller = async () => {
        for (let x = next++; x < wanted; x = next++) await peer.signal(x);
      };
      await Promise.all(Array.from({ length: SIGNALLERS }, caller));
    },
    single: ({ flow, ...given }) => rate((x) => peer.startOne(flow, x), given),
    /** Starts one and, where there is one, waits for its result. */
    async exchange({ flow }) {
      const started = now();
      const handle = await peer.startOne(flow, 1);
      if (peer.result === undefined) return { started };
      await peer.result(handle);
      return { started, milliseconds: now() - started };
    },
    async drain({ flow, count: wanted }) {
      ended = 0;
      total = wanted;
      await peer.work(flow);
      return peer.isSlowToOpen ? now() : undefined;
    },
  });
}
