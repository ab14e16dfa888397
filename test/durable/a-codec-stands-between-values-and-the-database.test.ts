import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { fromJson, toPayload } from '../../driver/database/json-door';
import { Durable, HotMesh } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const reversed = (text: string) => [...text].reverse().join('');
const mirror = { encode: reversed, decode: reversed };
const SECRET = 'secret';

const activities = {
  wrap: async (value: unknown) => ({ wrapped: value }),
  plain: async (value: unknown) => value,
};
const retry = { ...AT_ONCE, maximumAttempts: 1 };
const { wrap, plain } = workflow.proxyActivities<typeof activities>({ activities, retry });

async function carries(given: { word: string }): Promise<unknown> {
  const wrapped = await wrap(given);
  const inner = await workflow.executeChild<unknown>('carried', { args: [given], config: retry });
  const signalled = await workflow.condition<unknown>('go');
  await workflow.signal('out', given);
  return { wrapped, inner, signalled };
}
async function carried(given: unknown): Promise<unknown> {
  return plain(given);
}

test.afterEach.always(() => Durable.registerCodec(null));

async function served(t: Parameters<typeof durableTest>[0]) {
  const lab = await durableTest(t);
  const shared = { connection: lab.connection, taskQueue: 'q' };
  await Durable.Worker.create({ ...shared, workflow: carries });
  await Durable.Worker.create({ ...shared, workflow: carried });
  return lab;
}

/** Everything in the database that is a value of a user. */
const STORED = `select input::text as text from ratchet.jobs
  union all select result::text from ratchet.jobs
  union all select input::text from ratchet.jobs_attributes
  union all select value from ratchet.jobs_attributes
  union all select payload::text from ratchet_internal.signals`;

test.serial('18: no object reaches the database, and all of them come back', async (t) => {
  const { client, pool } = await served(t);
  Durable.registerCodec(mirror);
  const given = { word: SECRET };
  const start = { taskQueue: 'q', workflowId: 'encoded', args: [given] as [{ word: string }] };
  const handle = await client.workflow.start(carries, start);
  await handle.signal('go', { payload: SECRET });
  const result = { wrapped: { wrapped: given }, inner: given, signalled: { payload: SECRET } };
  t.deepEqual(await handle.result(), result);
  t.deepEqual((await handle.state()).response, result);
  const { timeline } = await handle.export();
  t.like(timeline?.[0]?.value, { data: { wrapped: given } });
  const execution = await handle.exportExecution({ enrich_inputs: true });
  t.deepEqual(execution.result, result);
  t.deepEqual(execution.events[0]?.attributes['input'], [given]);
  const activity = execution.events.find((each) => each.event_type === 'activity_task_completed');
  t.deepEqual(activity?.attributes['result'], { wrapped: given });
  const stored = (await pool.query<{ text: string | null }>(STORED)).rows;
  t.true(stored.some(({ text }) => text?.startsWith('"/b:')));
  t.deepEqual(
    stored.filter(({ text }) => text?.includes(SECRET)),
    [],
  );
});

test.serial('18: both kinds are readable after switching', async (t) => {
  const { client } = await served(t);
  const run = async (workflowId: string) => {
    const args: [unknown] = [{ word: workflowId }];
    return client.workflow.start(carried, { taskQueue: 'q', workflowId, args });
  };
  const plainly = await run('plainly');
  await plainly.result();
  Durable.registerCodec(mirror);
  const encoded = await run('encoded');
  t.deepEqual(await encoded.result(), { word: 'encoded' });
  t.deepEqual(await plainly.result(), { word: 'plainly' });
  Durable.registerCodec(null);
  t.deepEqual(await plainly.result(), { word: 'plainly' });
  const message = /encoded, and no codec is registered/;
  await t.throwsAsync(encoded.result(), { code: 'WF109', message });
  await t.throwsAsync(encoded.export(), { code: 'WF109' });
});

const STRINGS = ['/b:', '/b:x', '/s:', '/s:/b:x', '/b', '"/b:', '/b:\u0000\ud800', '', 'plain'];

test.serial("18: a user's own string stays itself, with and without a codec", async (t) => {
  for (const codec of [null, mirror]) {
    Durable.registerCodec(codec);
    for (const text of STRINGS) t.is(fromJson(toPayload(text, 'text')), text);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = toPayload(value, 'value') ?? '';
        t.deepEqual(fromJson(json), JSON.parse(JSON.stringify(value)));
      }),
    );
  }
  const { client } = await served(t);
  for (const text of STRINGS) {
    const handle = await client.workflow.start(carried, { taskQueue: 'q', args: [text] });
    t.is(await handle.result(), text);
  }
});

test.serial('18: scalars stay plain', (t) => {
  Durable.registerCodec(mirror);
  for (const value of [1, true, null, 'text', '']) {
    t.is(toPayload(value, 'value'), JSON.stringify(value));
  }
  t.is(toPayload(undefined, 'value'), null);
});

const BROKEN: [string, object][] = [
  ['throws', { encode: () => fail(), decode: () => fail() }],
  ['is asynchronous', { encode: async () => 'x', decode: async () => '{}' }],
  ['returns nothing', { encode: () => undefined, decode: () => undefined }],
];
function fail(): never {
  throw new Error('no key');
}

for (const [what, broken] of BROKEN) {
  test.serial(`18: a codec that ${what} fails that call or job, and no other`, async (t) => {
    const { client } = await served(t);
    Durable.registerCodec({ ...mirror, encode: (broken as typeof mirror).encode });
    const start = { taskQueue: 'q', args: [{ word: SECRET }] as [{ word: string }] };
    await t.throwsAsync(client.workflow.start(carried, start), { code: 'WF109' });
    await t.throwsAsync(client.workflow.signal('go', {}), { code: 'WF109' });
    t.throws(() => toPayload([1], 'list'), { code: 'WF109' });

    Durable.registerCodec(mirror);
    const encoded = await client.workflow.start(carried, { ...start, workflowId: 'encoded' });
    await encoded.result();
    const decode = { ...mirror, decode: (broken as typeof mirror).decode };
    Durable.registerCodec(decode);
    await t.throwsAsync(encoded.result(), { code: 'WF109' });
    const config = { ...AT_ONCE, maximumAttempts: 1 };
    const unread = await client.workflow.start(carried, { ...start, workflowId: 'unread', config });
    const message = /^The codec failed on the stored value: decode /;
    await t.throwsAsync(unread.result(), { code: 597 as never, message });
    t.is(await unread.status(), 0);

    Durable.registerCodec(mirror);
    const next = await client.workflow.start(carried, { ...start, workflowId: 'next' });
    t.deepEqual(await next.result(), { word: SECRET });
  });
}

test.serial(
  '18: a codec that fails once costs a retry of the job or activity, no more',
  async (t) => {
    const { client, pool } = await served(t);
    const calls = { encode: 0, decode: 0 };
    const failures = { encode: 0, decode: 0 };
    const flaky = (step: 'encode' | 'decode') => (text: string) => {
      calls[step] += 1;
      if (calls[step] === failures[step]) fail();
      return reversed(text);
    };
    Durable.registerCodec({ encode: flaky('encode'), decode: flaky('decode') });
    const given = { word: SECRET };
    const options = { taskQueue: 'q', args: [given] as [unknown], config: retry };
    const run = async (step: 'encode' | 'decode', at: number) => {
      // The start encodes the arguments; the worker may be at work before it has returned.
      failures[step] = calls[step] + (step === 'encode' ? 1 : 0) + at;
      const handle = await client.workflow.start(carried, options);
      await client.workflow.getHandle('q', 'carried', handle.workflowId).status();
      const result = await handle.result().catch((error: Error) => error);
      const wasHit = calls[step] >= failures[step];
      failures[step] = 0;
      return wasHit ? (result instanceof Error ? 'of the client' : result) : 'not hit';
    };
    // The arguments of the job and of its activity, its result, and what the client reads.
    const ends = { encode: [] as unknown[], decode: [] as unknown[] };
    for (const step of ['encode', 'decode'] as const) {
      for (const at of [1, 2, 3]) ends[step].push(await run(step, at));
    }
    t.deepEqual(ends, { encode: [given, given, given], decode: [given, given, given] });
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

test.serial('18: what is no codec is refused', (t) => {
  for (const wrong of [undefined, 'x', {}, { encode: reversed }, { encode: 1, decode: 2 }]) {
    t.throws(() => Durable.registerCodec(wrong as never), { code: 'WF104' });
  }
  t.notThrows(() => Durable.registerCodec(null));
});

async function touring(given: { word: string }, round = 0): Promise<unknown> {
  if (round === 0) return workflow.continueAsNew(given, 1);
  const answer = await workflow.execHook({ taskQueue: 'q', workflowName: 'hooked', args: [given] });
  await (await workflow.search()).set({ attribute: 'as it is' });
  await (await workflow.entity()).set({ document: 'as it is' });
  await workflow.emit({ 'tour.ends': given });
  const resolved = await workflow.condition('task', { role: 'reader', envelope: { open: true } });
  return { answer, resolved };
}
async function hooked(given: unknown, { signal }: { signal: string }): Promise<void> {
  await workflow.signal(signal, { heard: given });
}

test.serial('18: hooks, generations and events pass it; what SQL reads stays plain', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  for (const run of [touring, hooked]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  Durable.registerCodec(mirror);
  const mesh = await HotMesh.init({ appId: 'durable', logLevel: 'error', engine: { connection } });
  const told: unknown[] = [];
  await mesh.sub('tour.ends.tour', (_topic: string, message: unknown) => void told.push(message));
  const given = { word: SECRET };
  const options = { taskQueue: 'q', workflowId: 'tour', args: [given] as [typeof given] };
  const handle = await client.workflow.start(touring, options);
  const entry = await waitFor('the task', async () => {
    return (await client.escalations.list({ role: 'reader' }))[0];
  });
  t.deepEqual(entry.envelope, { open: true });
  await client.escalations.resolve({ id: entry.id, resolverPayload: { done: true } });
  const result = { answer: { heard: given }, resolved: { done: true } };
  t.deepEqual(await handle.result(), result);
  await waitFor('the event', () => told.length === 1);
  t.deepEqual(told, [given]);
  const { rows } = await pool.query(`select j.context, a.value from ratchet.jobs j
    join ratchet.jobs_attributes a on a.job_id = j.id where a.field = '_attribute'`);
  t.deepEqual(rows, [{ context: { document: 'as it is' }, value: 'as it is' }]);
  t.deepEqual((await handle.export({ allow: ['data'] })).data, { attribute: 'as it is' });
  const stored = (
    await pool.query<{ text: string | null }>(
      `${STORED} union all select input::text from ratchet.threads`,
    )
  ).rows;
  t.deepEqual(
    stored.filter(({ text }) => text?.includes(SECRET)),
    [],
  );
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('18: what resolves a task passes it, and is read back from the task', async (t) => {
  const { client, pool, connection } = await durableTest(t);
  const waits = { waits: (key: string) => workflow.condition(key, { role: key }) };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waits });
  const { escalations } = client;
  Durable.registerCodec(mirror);
  const resolverPayload = { word: SECRET };
  const resolve: Record<string, (id: string) => Promise<unknown>> = {
    one: (id) => escalations.resolve({ id, resolverPayload }),
    byMetadata: (id) => escalations.resolveByMetadata({ key: 'id', value: id, resolverPayload }),
    all: (id) => escalations.resolveAllOrNone({ items: [{ id, resolverPayload }] }),
  };
  for (const [key, run] of Object.entries(resolve)) {
    const options = { workflowName: 'waits', taskQueue: 'q', args: [key] };
    const handle = await client.workflow.start(options);
    const { id } = await waitFor('the task', async () => {
      return (await escalations.list({ role: key }))[0];
    });
    await escalations.update({ id, metadata: { id } });
    t.like(await run(id), { ok: true });
    t.deepEqual(await handle.result(), resolverPayload);
    t.deepEqual((await escalations.get(id))?.resolver_payload, resolverPayload);
  }
  const lone = await escalations.create({ role: 'lone' });
  const [many] = await escalations.resolveMany({ ids: [lone.id], resolverPayload });
  t.deepEqual(many?.resolver_payload, resolverPayload);
  const moved = { id: randomUUID(), status: 'resolved' as const, resolverPayload };
  t.deepEqual((await escalations.migrate(moved))?.resolver_payload, resolverPayload);
  const text = await escalations.create({ role: 'text' });
  await escalations.resolve({ id: text.id, resolverPayload: '/b:mine' });
  t.is((await escalations.get(text.id))?.resolver_payload, '/b:mine');
  const query = `${STORED} union all select resolver_payload::text from ratchet.escalations`;
  const { rows } = await pool.query<{ text: string | null }>(query);
  t.deepEqual(
    rows.filter(({ text: stored }) => stored?.includes(SECRET)),
    [],
  );
});
