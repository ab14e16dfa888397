import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { StreamData } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor } from '../support/wait-for';

const GRAPH = `
activities:
  t: { type: trigger }
  w: { type: worker, topic: work }
transitions:
  t: [{ to: w }]
`;

test.serial('a paused topic takes nothing until it is resumed', async (t) => {
  const { running, init, pool } = await meshTest(t);
  const ran: number[] = [];
  const callback = async ({ data }: { data: { n: number } }) => {
    ran.push(data.n);
    return { data: {} };
  };
  const mesh = await running(GRAPH, [{ topic: 'work', callback }]);
  t.true(await mesh.throttle({ throttle: -1, topic: 'work' }));
  const id = await mesh.pub('any', { n: 1 });
  const looks = async () => {
    const { rows } = await pool.query<{ idle_at: Date | null }>(
      'select idle_at from ratchet.workers w join ratchet_internal.workers i using (id)',
    );
    return rows[0]?.idle_at;
  };
  await waitFor('the worker has looked and is idle', looks);
  await pause(300); // nothing may happen in it; that it is short only makes the test weaker
  t.deepEqual(ran, []);
  const profile = (await mesh.rollCall(100)).find(({ worker_topic }) => worker_topic === 'work');
  t.like(profile, { throttle: -1, stream_depth: 1, stream: 'work' });

  const later = await init([{ topic: 'work', callback }], { guid: 'later' });
  await pause(200);
  t.deepEqual(ran, [], 'a rate holds for those that come later');
  await mesh.throttle({ throttle: 0, topic: 'work' });
  await waitFor('the job is done', async () => (await mesh.getStatus(id)) === 0);
  t.deepEqual(ran, [1]);
  await later.stop();
});

test.serial(
  'a delay lies between batches, and a global rate replaces those of topics',
  async (t) => {
    const { running, pool } = await meshTest(t);
    const callback = async () => ({ data: {} });
    const mesh = await running(GRAPH, [{ topic: 'work', callback }]);
    await mesh.throttle({ throttle: 5, topic: 'work' });
    await mesh.throttle({ throttle: 20 });
    const { rows } = await pool.query(
      'select is_engine, queue, rate from ratchet_internal.throttles order by is_engine',
    );
    t.deepEqual(rows, [
      { is_engine: false, queue: '', rate: 20 },
      { is_engine: true, queue: '', rate: 20 },
    ]);
    await Promise.all(Array.from({ length: 5 }, () => mesh.pubsub('any', {}, null, 60_000)));
    const opens = await pool.query<{ rests: boolean }>(
      `select opens_at > '-infinity' as rests from ratchet_internal.worker_routes
     where queue = 'work'`,
    );
    t.deepEqual(opens.rows, [{ rests: true }]);
    await mesh.throttle({ throttle: 0 });
    t.is((await pool.query('select from ratchet_internal.throttles')).rows.length, 0);
  },
);

test.serial('the roll call tells who runs, what was answered, and who has left', async (t) => {
  const { running, init } = await meshTest(t);
  const mesh = await running(GRAPH, [{ topic: 'work', callback: async () => ({ data: {} }) }]);
  const second = await init([{ topic: 'work', callback: async () => ({ code: 201, data: {} }) }], {
    guid: 'second',
  });
  for (let n = 0; n < 4; n += 1) await mesh.pubsub('any', {}, null, 60_000);
  const profiles = await waitFor('all have answered', async () => {
    const all = await mesh.rollCall(50);
    return all.every(({ system }) => system !== undefined) ? all : undefined;
  });
  t.deepEqual(
    profiles.map(({ engine_id, stream }) => `${stream} ${engine_id}`).sort(),
    [`$graph ${mesh.guid}`, '$graph second', `work ${mesh.guid}`, 'work second'].sort(),
  );
  const counts = profiles.find(
    ({ engine_id, worker_topic }) => worker_topic && engine_id === 'second',
  );
  t.like(counts, { counts: { 201: 2 }, error_count: 0, namespace: 'hmsh', app_id: 'shop' });
  t.false('signature' in (counts ?? {}));
  await second.stop();
  const left = await mesh.rollCall(0);
  t.deepEqual(
    left.map(({ engine_id }) => engine_id),
    [mesh.guid, mesh.guid],
  );
  await mesh.pubsub('any', {}, null, 60_000);
});

test.serial('4.1: a profile has every field, of a worker and of an engine', async (t) => {
  const { running, pool } = await meshTest(t);
  const retryPolicy = { maximumAttempts: 7, backoffCoefficient: 0.001 };
  const fails = async () => ({ status: 'error', code: 418, data: {} }) as const;
  const mesh = await running(GRAPH, [
    { topic: 'work', callback: async () => ({ code: 404, data: {} }) },
    { topic: 'rest', callback: fails, retryPolicy },
  ]);
  await mesh.pubsub('any', {}, null, 60_000);
  const profiles = await waitFor('all have answered', async () => {
    const all = await mesh.rollCall(50, { signature: true });
    return all.every(({ system }) => system !== undefined) ? all : undefined;
  });
  const of = (stream: string) => profiles.find((profile) => profile.stream === stream);
  const lease = { reclaimDelay: 30_000, throttle: 0, namespace: 'hmsh', app_id: 'shop' };
  const [work, rest, engine] = [of('work'), of('rest'), of('$graph')];
  t.like(work, {
    ...{ ...lease, engine_id: mesh.guid, worker_topic: 'work', stream_depth: 0, is_scout: false },
    ...{ counts: { 404: 1 }, error_count: 1, reclaimCount: 5, duress_level: undefined },
  });
  t.regex(work?.signature ?? '', /^async.*404/);
  t.like(rest, { ...lease, counts: {}, error_count: 0, reclaimCount: 7 });
  t.regex(rest?.signature ?? '', /418/);
  t.like(engine, {
    ...{ ...lease, counts: { 404: 1 }, error_count: 1, reclaimCount: 10, is_scout: true },
    ...{ duress_level: 'healthy', signature: undefined, worker_topic: undefined },
  });
  t.deepEqual(engine?.duress_per_type, { result: engine?.duress_score_ms });
  for (const { system, inited, timestamp } of profiles) {
    t.deepEqual(system?.NetworkStats, []);
    t.is(system?.CPULoad.length, 3);
    for (const size of ['TotalMemoryGB', 'FreeMemoryGB', 'UsedMemoryGB'] as const) {
      t.regex(system?.[size] ?? '', /^\d+\.\d\d$/);
    }
    for (const at of [inited, timestamp]) t.regex(at, /^\d{4}-\d\d-\d\dT.*Z$/);
  }
  const levels = [];
  await mesh.throttle({ throttle: -1 });
  for (const seconds of [-600, 2.5, 60]) {
    const id = await mesh.pub('any', {});
    await pool.query(
      `update ratchet_internal.messages set due_at = now() - make_interval(secs => $1),
        kind = 'result', queue = '$graph', workflow = '$graph' where position > 0`,
      [seconds],
    );
    levels.push((await mesh.rollCall(0)).find(({ stream }) => stream === '$graph')?.duress_level);
    await mesh.scrub(id);
  }
  t.deepEqual(levels, ['healthy', 'moderate', 'severe']);
});

test.serial('the route of a topic goes with the last instance that serves it', async (t) => {
  const { running, init, pool } = await meshTest(t);
  const mesh = await running(GRAPH);
  const worker = await init([{ topic: 'work', callback: async () => ({ data: {} }) }]);
  const routes = async () =>
    (
      await pool.query<{ queue: string }>(
        'select queue from ratchet_internal.worker_routes order by 1',
      )
    ).rows.map(({ queue }) => queue);
  t.deepEqual(await routes(), ['$graph', 'work']);
  await worker.stop();
  t.deepEqual(await routes(), ['$graph']);
  const id = await mesh.pub('any', {});
  const again = await init([{ topic: 'work', callback: async () => ({ data: {} }) }]);
  await waitFor('the job is done', async () => (await mesh.getStatus(id)) === 0);
  await again.stop();
});

test.serial('a rate that is none is refused', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(GRAPH);
  const message = 'Throttle must be -1 (pause) or a non-negative integer (ms delay); 0 = resume';
  for (const throttle of [-2, 1.5, Number.NaN, '5' as never]) {
    await t.throwsAsync(mesh.throttle({ throttle }), { message });
  }
  await t.throwsAsync(mesh.throttle({ throttle: 1, scope: 'some' as never }), { code: 'WF104' });
  await t.throwsAsync(mesh.pubQuorum({ type: 'nonsense' }), { message: /Unknown type/ });
});

test.serial('the control channel tells of rates and versions, and takes rates', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(GRAPH, [{ topic: 'work', callback: async () => ({ data: {} }) }]);
  const said: unknown[] = [];
  await mesh.subQuorum((topic, message) => said.push([topic, message]));
  const rates = async () =>
    (await mesh.rollCall(20)).map(({ worker_topic, throttle }) => [worker_topic ?? '', throttle]);
  const of = (kind: string) => said.filter((each) => JSON.stringify(each).includes(`"${kind}"`));
  await mesh.throttle({ throttle: 5, topic: 'work' });
  await mesh.pubQuorum({ type: 'throttle', throttle: 7 });
  const rows = await rates();
  t.deepEqual(rows.sort(), [
    ['', 7],
    ['work', 7],
  ]);
  await mesh.activate('1');
  await waitFor('both rates are heard', () => of('throttle').length === 2);
  t.deepEqual(of('throttle'), [
    ['work', { type: 'throttle', throttle: 5, topic: 'work' }],
    ['quorum', { type: 'throttle', throttle: 7 }],
  ]);
  await waitFor('the version is heard', () => of('activate').length > 0);
  const news = { type: 'activate', cache_mode: 'cache', until_version: '1' };
  t.deepEqual(of('activate').at(-1), ['quorum', news]);
  t.is(mesh.quorum?.guid, mesh.guid);
  const refused = mesh.pubQuorum({ type: 'throttle', throttle: -2 });
  await t.throwsAsync(refused, { code: 'WF104' });
});

test.serial('workers of one topic share it by workflow name', async (t) => {
  const { running } = await meshTest(t);
  const answer = (from: string) => async () => ({ data: { from } });
  const mesh = await running(
    GRAPH.replace(
      'topic: work }',
      "topic: work, job: { maps: { from: '{$self.output.data.from}' } } }",
    ),
    [
      { topic: 'work', workflowName: 'a', callback: answer('a') },
      { topic: 'work', workflowName: 'b', callback: answer('b') },
    ],
  );
  t.deepEqual((await mesh.pubsub('b', {}, null, 60_000)).data, { from: 'b' });
  t.deepEqual((await mesh.pubsub('a', {}, null, 60_000)).data, { from: 'a' });
  const id = await mesh.pub('c', {});
  const late = mesh.getStatus(id);
  t.is(await late, 1);
  await mesh.interrupt('c', id);
});

test.serial(
  'a workflow name in the mapped input chooses among the workers of a topic',
  async (t) => {
    const { running } = await meshTest(t);
    const seen: unknown[] = [];
    const answer = (name: string) => ({
      ...{ topic: 'work', workflowName: name },
      callback: async ({ data, metadata }: StreamData) => {
        seen.push([name, metadata.wfn, data]);
        return { data: {} };
      },
    });
    const yaml = `
subscribes: parcel.sent
activities:
  t: { type: trigger }
  w: { type: worker, topic: work, input: { maps: { workflowName: pack, n: 1 } } }
  x:
    type: worker
    topic: work
    input: { maps: { workflowName: '{t.output.data.carrier}' } }
    job: { maps: { done: '{$self.output.metadata.aid}' } }
transitions: { t: [{ to: w }], w: [{ to: x }] }`;
    const mesh = await running(yaml, ['pack', 'post', 'parcel.sent'].map(answer));
    for (const carrier of ['post', '', 7, undefined]) {
      const { data } = await mesh.pubsub(
        'parcel.sent',
        { carrier, workflowName: 'no' },
        null,
        20_000,
      );
      t.deepEqual(data, { done: 'x' });
    }
    const packed = ['pack', 'pack', { workflowName: 'pack', n: 1 }];
    const whole = (data: object) => ['parcel.sent', 'parcel.sent', data];
    t.deepEqual(seen, [
      ...[packed, ['post', 'post', { workflowName: 'post' }]],
      ...[packed, whole({ workflowName: '' }), packed, whole({ workflowName: 7 })],
      ...[packed, whole({})],
    ]);
  },
);
