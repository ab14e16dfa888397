// The worker of the limit: live functions, two connections, one call for results, ends and claims.
// What gathers while a call is in flight goes with the next.
import pg from 'pg';
import { onCommands } from '../commands.mjs';

const LIVE = 1_000;
const TAKE = 500;
const CONNECTIONS = 2;
const FLUSH = { name: 'flush', text: 'select * from bare.flush($1, $2, $3, $4, $5, $6, $7)' };

const act = async (x) => ({ ok: true, x });

async function sequence(step, count) {
  let last;
  for (let i = 0; i < count; i += 1) last = await step(() => act(i));
  return last;
}

const flows = {
  hello: async (step, x) => ({ x, last: await step(() => act(x)) }),
  seq10: async (step, x) => ({ x, last: await sequence(step, 10) }),
  fan100: async (step, x) => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => step(() => act(i))));
    return { x, count: all.length };
  },
};

let clients = [];
let batch;
let live = 0;
let ended = 0;
let total = 0;
let mayClaim = false;
let idleLanes = [];

function newBatch() {
  let resolve;
  const committed = new Promise((done) => (resolve = done));
  batch = { steps: [[], [], []], ends: [[], []], committed, resolve };
}

const isEmpty = () => batch.steps[0].length + batch.ends[0].length === 0;

function wake() {
  for (const go of idleLanes.splice(0)) go();
}

function run({ run_id: id, flow, args }) {
  let number = 0;
  let uncommitted;
  const step = async (fn) => {
    const mine = (number += 1);
    // What the step may depend on is durable before it begins.
    while (uncommitted !== undefined) {
      const waitedFor = uncommitted;
      await waitedFor;
      if (uncommitted === waitedFor) uncommitted = undefined;
    }
    const value = await fn();
    batch.steps[0].push(id);
    batch.steps[1].push(mine);
    batch.steps[2].push(JSON.stringify(value));
    uncommitted = batch.committed;
    wake();
    return value;
  };
  void flows[flow](step, ...args).then((value) => {
    batch.ends[0].push(id);
    batch.ends[1].push(JSON.stringify(value));
    live -= 1;
    ended += 1;
    if (ended === total) process.send({ event: 'done' });
    wake();
  });
}

async function lane(client) {
  for (;;) {
    const room = LIVE - live;
    const isWorthIt = room >= LIVE / 4 || isEmpty();
    const take = mayClaim && room > 0 && isWorthIt ? Math.min(room, TAKE) : 0;
    if (take === 0 && isEmpty()) {
      await new Promise((go) => idleLanes.push(go));
      continue;
    }
    await new Promise((next) => setImmediate(next));
    const mine = batch;
    newBatch();
    live += take;
    const values = [...mine.steps, ...mine.ends, take, 1];
    const { rows } = await client.query({ ...FLUSH, values });
    live -= take - rows.length;
    if (rows.length < take) mayClaim = false;
    mine.resolve();
    for (const row of rows) run(row);
  }
}

onCommands({
  async open({ connectionString }) {
    newBatch();
    for (let i = 0; i < CONNECTIONS; i += 1) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      clients.push(client);
      void lane(client);
    }
  },
  async drain({ count }) {
    ended = 0;
    total = count;
    mayClaim = true;
    wake();
  },
  async rest() {},
  async answer({ connectionString }) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const take = { name: 'take', text: 'select bare.take($1)' };
    const answer = { name: 'answer', text: 'select bare.answer($1, $2)' };
    client.on('notification', async ({ channel, payload }) => {
      if (channel === 'bare_queue') await client.query({ ...take, values: [payload] });
      const value = await act(payload);
      await client.query({ ...answer, values: [payload, JSON.stringify(value)] });
    });
    await client.query('listen bare_ask; listen bare_queue');
  },
});
