import test from 'ava';
import { HotMesh, type JobOutput } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor, within } from '../support/wait-for';

/** A default graph; one that emits, and one that fails; statistics in two granularities. */
const SHAPES = `
app:
  id: shop
  version: 3
  graphs:
    - publishes: order.done
      activities:
        start: { type: trigger, stats: { id: '{$self.input.data.id}' } }
    - subscribes: order.told
      publishes: order.word
      activities:
        began: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        tell: { type: hook, emit: true, job: { maps: { word: first } } }
        hold: { type: hook, sleep: 1000, job: { maps: { word: last } } }
      transitions:
        began: [{ to: tell }]
        tell: [{ to: hold }]
    - subscribes: order.failed
      publishes: order.error
      activities:
        asked: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        work: { type: worker, topic: work, input: { maps: {} } }
      transitions:
        asked: [{ to: work }]
    - subscribes: order.counted
      activities:
        counted:
          type: trigger
          stats:
            key: '{$self.input.data.region}'
            measures: [{ measure: count, target: '{$self.input.data.size}' }]
    - subscribes: order.kept
      activities:
        kept:
          type: trigger
          stats:
            id: '{$self.input.data.id}'
            key: all
            granularity: infinity
            measures: [{ measure: index, target: '{$self.input.data.size}' }]
`;

/** What a promise is rejected with, also when that is no Error. */
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    (): Record<string, unknown> => ({}),
    (error: unknown) => error as Record<string, unknown>,
  );

const callback = async () => {
  throw Object.assign(new Error('no stock'), { code: 418 });
};

/** What is broadcast under a topic. */
async function heardOf(mesh: HotMesh, topic: string) {
  const heard: [string, JobOutput][] = [];
  await mesh.sub(topic, (published, message) => heard.push([published, message]));
  return heard;
}

test.serial(
  '3.2, 4: data of a job that wrote none are undefined, wherever it is read',
  async (t) => {
    const { running } = await meshTest(t);
    const mesh = await running(SHAPES);
    const heard = await heardOf(mesh, 'order.done');
    const { data, metadata } = await mesh.pubsub('anything', { id: 'n' });
    t.is(data, undefined);
    t.like(metadata, { jid: 'n', tpc: 'anything', aid: 'start', vrs: '3', app: 'shop', js: 0 });
    t.regex(String(metadata.jc), /^\d{14}\.\d{3}$/);
    t.regex(String(metadata.ju), /^\d{14}\.\d{3}$/);
    t.is((await mesh.getState('anything', 'n')).data, undefined);
    await waitFor('the subscriber hears of it', () => heard.length === 1);
    t.is(heard[0]?.[1].data, undefined);
    t.true('data' in (heard[0]?.[1] ?? {}));
  },
);

test.serial('3.2, 4: maps of which nothing is defined have written no data', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(`
activities:
  t: { type: trigger, job: { maps: { a: '{t.output.data.a}', b: { c: '{t.output.data.c}' } } } }
  w: { type: worker, topic: work, job: { maps: { a: '{w.output.data.a}' } } }
transitions: { t: [{ to: w, conditions: { code: 404 } }] }
`);
  const { data, metadata } = await mesh.pubsub('any', {});
  t.is(data, undefined);
  t.is((await mesh.getState('any', metadata.jid)).data, undefined);
  t.deepEqual((await mesh.pubsub('any', { c: null })).data, { b: { c: null } });
});

test.serial('3.2, 10: who asks gets what is emitted first, and the job goes on', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SHAPES);
  const heard = await heardOf(mesh, 'order.word.e');
  const { data, metadata } = await mesh.pubsub('order.told', { id: 'e' }, null, 20_000);
  t.deepEqual(data, { word: 'first' });
  t.is(metadata.js, 1);
  t.is(await mesh.getStatus('e'), 1);
  await mesh.interrupt('order.told', 'e', { throw: false });
  await waitFor('both are heard', () => heard.length === 2);
  t.deepEqual(
    heard.map(([topic, message]) => [topic, message.data as unknown]),
    [
      ['order.word', { word: 'first' }],
      ['order.word', { word: 'first' }],
    ],
  );
});

test.serial('7: an error that nobody takes is said to all who wait, as JSON text', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SHAPES, [{ topic: 'work', callback }]);
  const heard = await heardOf(mesh, 'order.error');
  const failed = await within(
    'the failure',
    rejection(mesh.pubsub('order.failed', { id: 'f' }, null, 60_000)),
  );
  t.like(failed, {
    job_id: 'f',
    error: { message: 'no stock', code: 418, is_stream_error: true },
    ...{ message: 'no stock', code: 418 },
  });
  t.is(await mesh.getStatus('f'), 0);
  const { metadata } = await mesh.getState('order.failed', 'f');
  const { message, code, ...rest } = JSON.parse(metadata.err ?? '') as Record<string, unknown>;
  t.like({ message, code, ...rest }, { message: 'no stock', code: 418, is_stream_error: true });
  t.is(metadata.err, JSON.stringify({ message, code, ...rest }), 'the message comes first');
  await waitFor('the subscriber hears of it', () => heard.length === 1);
  t.is(heard[0]?.[1].metadata.err, metadata.err);
  const { process } = await mesh.export('f');
  t.like(process, { 0: { 0: { work: { output: { metadata: { aid: 'work', atp: 'worker' } } } } } });
});

test.serial('3.1: a second start of an id is a DuplicateJobError', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SHAPES);
  await mesh.pub('order.told', { id: 'd' });
  t.like(await rejection(mesh.pub('order.told', { id: 'd' })), {
    ...{ name: 'DuplicateJobError', message: 'Duplicate job: d', jobId: 'd' },
  });
  t.like(await rejection(mesh.pubsub('order.told', { id: 'd' })), { jobId: 'd' });
  const search = { city: 'Graz', n: 5 };
  const marker = { '-m-': 'kept', other: 'dropped' };
  const options = { search, marker, entity: 'parcel', pending: 60 };
  t.is(await mesh.pub('order.told', { id: 'p' }, null, options), 'p');
  t.is(await mesh.getStatus('p'), -1);
  t.deepEqual(await mesh.getQueryState('p', ['city', 'n', '"-m-"', '"other"', '":"']), {
    ...{ city: 'Graz', n: '5', '-m-': 'kept', other: null, ':': -1 },
  });
});

test.serial('4.3: buckets of five minutes, both ends included; one for infinity', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SHAPES);
  await mesh.pub('order.counted', { region: 'eu', size: 'big' });
  const query = { data: { region: 'eu' }, end: 'NOW', range: '1h' };
  const stats = await mesh.getStats('order.counted', query);
  t.is(stats.segments?.length, 13);
  t.deepEqual(
    stats.segments?.filter(({ count }) => count > 0).map(({ measures }) => measures),
    [[{ target: 'size:big', type: 'count', value: 1 }]],
  );
  t.like(stats, { key: 'eu', granularity: '5m', range: '1h', end: 'NOW', count: 1 });

  await mesh.pub('order.kept', { id: 'k1', size: 'big' });
  await mesh.pub('order.kept', { id: 'k2', size: 'big' });
  const ids = await mesh.getIds('order.kept', {}, ['size:big']);
  t.like(ids, { key: 'all', granularity: 'infinity', facets: ['size:big'] });
  t.deepEqual(ids.counts, [{ facet: 'size:big', count: 2 }]);
  const each = { type: 'ids', target: 'size:big', time: '0', count: 2, ids: ['k1', 'k2'] };
  t.deepEqual(ids.segments, [{ time: '0', measures: [each] }] as never);

  const text = /^Invalid combination of start, end, and range values/;
  for (const wrong of [{ range: '1h' }, { ...query, start: 'NOW' }]) {
    t.regex(String((await rejection(mesh.getStats('order.counted', wrong)))['message']), text);
    t.regex(String((await rejection(mesh.getIds('order.counted', wrong)))['message']), text);
  }
});

test.serial('4.3, 14: what nobody subscribes to, and a version that is not there', async (t) => {
  const { init, running } = await meshTest(t);
  const early = await init();
  t.like(await rejection(early.pub('any')), { message: 'app shop has no active version' });
  const message = 'Version 9 does not exist for app shop';
  t.like(await rejection(early.activate('9')), { message });
  const mesh = await running(SHAPES.replace('- publishes: order.done', '- subscribes: one'));
  t.like(await rejection(mesh.activate('9')), { message });
  const none = 'no subscription found for topic no in app shop for app version 3';
  for (const call of [
    mesh.pub('no'),
    mesh.pubsub('no'),
    mesh.getStats('no', { end: 'NOW', range: '1h' }),
    mesh.getIds('no', { end: 'NOW', range: '1h' }),
  ]) {
    t.like(await rejection(call), { message: none });
  }
});

test.serial(
  '1: a connection that is only read makes an engine that only starts jobs',
  async (t) => {
    const { running, init, connection } = await meshTest(t);
    await running(SHAPES);
    const mesh = await init([], { engine: { connection: { ...connection, readonly: true } } });
    t.true(mesh.engine?.isReadonly);
    t.is((await mesh.pubsub('anything', { id: 'r' })).metadata.jid, 'r');
  },
);

test.serial('1: a connection may be called connections; one has to be there', async (t) => {
  const { init, connection } = await meshTest(t);
  const connections = { store: connection, stream: connection, sub: connection };
  const mesh = await init([], {
    engine: { connections },
    workers: [{ topic: 'work', connections, callback: async () => ({ data: { done: true } }) }],
  });
  await mesh.deploy(`
activities:
  t: { type: trigger }
  w: { type: worker, topic: work, job: { maps: { done: '{w.output.data.done}' } } }
transitions: { t: [{ to: w }] }`);
  await mesh.activate('1');
  t.deepEqual((await mesh.pubsub('any', {}, null, 20_000)).data, { done: true });
  const message = 'The connection is missing.';
  t.like(await rejection(init([], { engine: {} })), { code: 'WF104', message });
});

test.serial(
  '1, 4.4: a codec is for functions; graphs say so, and store what they get',
  async (t) => {
    t.teardown(() => HotMesh.registerCodec(null));
    const { running, pool } = await meshTest(t);
    HotMesh.registerCodec({ encode: () => 'hidden', decode: () => '{"was":"hidden"}' });
    const lines: unknown[] = [];
    const ignore = () => undefined;
    const warn = (message: string, detail?: object) => lines.push([message, detail]);
    const logger = { debug: ignore, info: ignore, warn, error: ignore };
    const mesh = await running(SHAPES, [], { logger });
    t.deepEqual(lines, [['codec-not-used', { reason: 'SQL reads the data of graphs' }]]);
    await mesh.pub('order.told', { id: 'c' });
    t.deepEqual((await mesh.getState('order.told', 'c')).data, { word: 'first' });
    const { rows } = await pool.query<{ input: object }>('select input from ratchet.jobs');
    t.deepEqual(rows, [{ input: { id: 'c' } }]);
  },
);

test.serial('4.4, 5: text that looks encoded reaches a worker as it is', async (t) => {
  const { running } = await meshTest(t);
  const seen: unknown[] = [];
  const yaml = `
activities:
  t: { type: trigger }
  w: { type: worker, topic: w, job: { maps: { got: '{$self.output.data}' } } }
transitions: { t: [{ to: w }] }`;
  const mesh = await running(yaml, [
    {
      topic: 'w',
      callback: async ({ data }) => {
        seen.push(data);
        return { data: data as unknown };
      },
    },
  ]);
  for (const text of ['/s:plain', '/b:plain', '/t', '']) {
    t.deepEqual((await mesh.pubsub('any', text, null, 20_000)).data, { got: text });
  }
  t.deepEqual(seen, ['/s:plain', '/b:plain', '/t', '']);
});
