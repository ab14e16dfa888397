// The worker of the limit: live functions, two connections, one call for results, ends and claims.
// What gathers while a call is in flight goes with the next.
import pg from 'pg';
import { onCommands } from '../commands.mjs';

const LIVE = 1_000;
const TAKE = 500;
const CONNECTIONS = 2;
const FLUSH = { name: 'flush', text: 'select * from bare.flush($1, $2, $3, $4, $5, $6, $7)' };
/** The same for steps that another process runs: it hands in what they are given. */
const EXCHANGE = { name: 'exchange', text: FLUSH.text.replace('flush', 'exchange') };

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
  remote10: async (_, x, step) => {
    let last;
    for (let i = 0; i < 10; i += 1) last = await step(i);
    return { x, last };
  },
};

let clients = [];
let batch;
let live = 0;
let ended = 0;
let total = 0;
let mayClaim = false;
let idleLanes = [];
let isRemote = false;
let isTold = false;
const waiting = new Map();

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
  const remote = (x) => {
    const mine = (number += 1);
    batch.steps[0].push(id);
    batch.steps[1].push(mine);
    batch.steps[2].push(JSON.stringify([x]));
    wake();
    return new Promise((answer) => waiting.set(`${id}/${mine}`, answer));
  };
  void flows[flow](step, ...args, remote).then((value) => {
    batch.ends[0].push(id);
    batch.ends[1].push(JSON.stringify(value));
    live -= 1;
    ended += 1;
    if (ended === total) process.send({ event: 'done' });
    wake();
  });
}

function answer({ run_id: id, number, args: outcome }) {
  const key = `${id}/${number}`;
  waiting.get(key)(outcome);
  waiting.delete(key);
}

async function lane(client) {
  for (;;) {
    const room = LIVE - live;
    const isWorthIt = room >= LIVE / 4 || isEmpty();
    const take = mayClaim && room > 0 && isWorthIt ? Math.min(room, TAKE) : 0;
    if (take === 0 && isEmpty() && !isTold) {
      await new Promise((go) => idleLanes.push(go));
      continue;
    }
    await new Promise((next) => setImmediate(next));
    const mine = batch;
    newBatch();
    live += take;
    const values = [...mine.steps, ...mine.ends, take, 1];
    isTold = false;
    const { rows } = await client.query({ ...(isRemote ? EXCHANGE : FLUSH), values });
    const begun = isRemote ? rows.filter(({ number }) => number === null) : rows;
    live -= take - begun.length;
    if (begun.length < take) mayClaim = false;
    mine.resolve();
    for (const row of begun) run(row);
    if (isRemote) for (const row of rows) if (row.number !== null) answer(row);
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
    clients[0].on('notification', () => {
      isTold = true;
      wake();
    });
    await clients[0].query('listen bare_answers');
  },
  async drain({ flow, count }) {
    isRemote = flow === 'remote10';
    ended = 0;
    total = count;
    mayClaim = true;
    wake();
  },
  async rest() {},
  async answer({ connectionString }) {
    const client = new pg.Client({ connectionString });
    await client.connect();
    const query = (name, text, ...values) => client.query({ name, text, values });
    const reply = async (id) => {
      const value = JSON.stringify(await act(id));
      await query('answer', 'select bare.answer($1, $2)', id, value);
    };
    const on = {
      bare_ask: reply,
      async bare_queue(id) {
        await query('take', 'select bare.take($1)', id);
        await reply(id);
      },
      async bare_workflow() {
        const { rows } = await query(FLUSH.name, FLUSH.text, [], [], [], [], [], 1, 1);
        const value = JSON.stringify(await act(rows[0].args));
        await query('end', 'select bare.end_alone($1, $2)', rows[0].run_id, value);
      },
    };
    client.on('notification', ({ channel, payload }) => on[channel](payload));
    for (const channel of Object.keys(on)) await client.query(`listen ${channel}`);
  },
});
