import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const seen: unknown[] = [];
const activities = {
  async echo(value: unknown) {
    seen.push(value);
    return value;
  },
  async count(...values: unknown[]) {
    return values.length;
  },
  async odd(name: string) {
    return ODD[name]?.[0];
  },
};

/** What a function returns, and what its caller gets. */
const ODD: Record<string, [unknown, unknown]> = {
  undefined: [undefined, undefined],
  null: [null, null],
  'a gone property': [{ a: undefined, b: 1 }, { b: 1 }],
  'undefined in a list': [
    [undefined, 1],
    [null, 1],
  ],
  date: [new Date(0), '1970-01-01T00:00:00.000Z'],
  NaN: [NaN, null],
  infinity: [
    [Infinity, -Infinity],
    [null, null],
  ],
  map: [new Map([['a', 1]]), {}],
  set: [new Set([1]), {}],
  'digits of text': ['42', '42'],
  'a number': [42.5, 42.5],
  'words of JSON': [
    ['true', 'null', '{}', '"x"', ''],
    ['true', 'null', '{}', '"x"', ''],
  ],
  'what Postgres cannot store': ['\u0000 \ud800', '\u0000 \ud800'],
  'a long text': ['ä'.repeat(400_000), 'ä'.repeat(400_000)],
  'a long list': [
    Array.from({ length: 60_000 }, (_, n) => n),
    Array.from({ length: 60_000 }, (_, n) => n),
  ],
};

async function taking(value: unknown) {
  return { value };
}

/** The value as an activity's argument and result, here or in a pool, and as a child's. */
async function passing(name: string, queue: string) {
  const proxy = workflow.proxyActivities<typeof activities>({ taskQueue: queue });
  const returned = await proxy.odd(name);
  const echoed = await proxy.echo(ODD[name]?.[0]);
  const child = (await workflow.executeChild(taking, { args: [ODD[name]?.[0]] })).value;
  await workflow.signal(`${queue} ${name}`, ODD[name]?.[0]);
  const signalled = await workflow.condition(`${queue} ${name}`);
  ends.set(name, [returned, echoed, child, signalled]);
  return ODD[name]?.[0];
}
const ends = new Map<string, unknown[]>();

test.serial('7.4, 11.4: any value, as argument, result, child and signal', async (t) => {
  const { connection, client } = await durableTest(t);
  const shared = { connection, taskQueue: 'q', activities };
  await Durable.Worker.create({ ...shared, workflow: passing });
  await Durable.Worker.create({ ...shared, workflow: taking });
  await Durable.registerActivityWorker({ connection, taskQueue: 'pool' }, activities);
  for (const queue of ['q', 'pool']) {
    await Promise.all(
      Object.entries(ODD).map(async ([name, [, expected]]) => {
        const start = { taskQueue: 'q', args: [name, queue] as [string, string] };
        const result = await (await client.workflow.start(passing, start)).result();
        t.deepEqual(result, expected, `${queue}: result of ${name}`);
        const [returned, echoed, child, signalled] = ends.get(name) ?? [];
        t.deepEqual(returned, expected, `${queue}: result of an activity, ${name}`);
        // An argument, and a property of a child's result: JSON has no undefined.
        const given = expected === undefined ? null : expected;
        t.deepEqual(echoed ?? null, given, `${queue}: argument of an activity, ${name}`);
        t.deepEqual(child ?? null, given, `${queue}: argument of a child, ${name}`);
        t.deepEqual(signalled, expected, `${queue}: signal, ${name}`);
      }),
    );
  }
});

test.serial('4.1, 4.3: any value from outside, as argument and as signal', async (t) => {
  const { connection, client } = await durableTest(t);
  async function waiting(value: unknown, id: string) {
    return [value, await workflow.condition(id)];
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  await Promise.all(
    Object.entries(ODD).map(async ([name, [value, expected]]) => {
      const message = await client.workflow.signal(name, value);
      t.regex(message, /./, 'an id of the message');
      const start = { taskQueue: 'q', args: [value, name] as [unknown, string] };
      const result = await (await client.workflow.start(waiting, start)).result();
      t.deepEqual(result, [expected ?? null, expected ?? null], name);
    }),
  );
});

test.serial('4.1, 10.11, 15: a backslash stays one, whatever comes after it', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  const path = 'C:\\users\\u0041\\ud800';
  async function asking() {
    const task = { role: path, description: path, metadata: { [path]: path } };
    return workflow.condition('asked', { ...task, envelope: { path } });
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: asking });
  const start = { taskQueue: 'q', workflowId: path, args: [] as [], marker: { '-m': path } };
  const handle = await client.workflow.start(asking, start);
  const task = await waitFor('there is a task', async () => {
    const [entry] = await client.escalations.list({ role: path });
    return entry;
  });
  t.like(task, { role: path, description: path, metadata: { [path]: path }, envelope: { path } });
  const marks = `select value from ratchet.jobs_attributes where field = '-m'`;
  t.deepEqual((await pool.query(marks)).rows, [{ value: path }]);
  await handle.terminate({ reason: path, stack: `${path} \u001b[1m` });
  t.like(await t.throwsAsync(handle.result()), { message: path, stack: `${path} \u001b[1m` });
});
