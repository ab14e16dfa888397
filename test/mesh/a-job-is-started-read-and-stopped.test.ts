import test from 'ava';
import { HotMesh } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor, within } from '../support/wait-for';

/** A trigger with everything, a wait for a signature, and a loop of signals. */
const SIGNING = `
app:
  id: shop
  version: '2'
  graphs:
    - subscribes: contract.sent
      publishes: contract.done
      expire: 3600
      activities:
        sent:
          type: trigger
          entity: contract
          stats:
            id: '{$self.input.data.id}'
            key: '{$self.input.data.region}'
            granularity: 1h
            measures:
              - { measure: count, target: '{$self.input.data.size}' }
              - { measure: index, target: '{$self.input.data.size}' }
          job:
            maps:
              region: '{$self.output.data.region}'
              'kept[_]': { _buyer: '{$self.output.data.buyer}', other: 1 }
        signature:
          type: hook
          emit: '{$self.output.data.never}'
          job: { maps: { by: '{$self.hook.data.by}' } }
      transitions:
        sent: [{ to: signature }]
      hooks:
        contract.signed:
          - to: signature
            conditions:
              match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
    - subscribes: all.wanted
      activities:
        asked: { type: trigger }
        tell:
          type: signal
          subtype: all
          topic: contract.signed
          key_name: size
          key_value: '{asked.output.data.size}'
          signal: { maps: { by: '{asked.output.data.by}' } }
          resolver:
            maps: { data: { region: '{asked.output.data.region}' }, end: NOW, range: 1h }
          scrub: true
      transitions:
        asked: [{ to: tell }]
    - subscribes: sum.wanted
      publishes: sum.done
      activities:
        wanted:
          type: trigger
          job:
            maps:
              sum:
                '@pipe':
                  - ['{$self.output.data.a}', '{$self.output.data.b}']
                  - ['{@math.add}']
`;

const contract = (id: string, size = 'big') => ({ id, region: 'eu', size, buyer: `b-${id}` });

/** What a promise is rejected with, also when that is no Error. */
async function rejection(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('It was not rejected.');
}

test.serial('a graph without workers answers in the call', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SIGNING);
  const { data, metadata } = await mesh.pubsub(
    'sum.wanted',
    { a: 1, b: 2 },
    { metadata: { trc: 'T' } },
  );
  t.deepEqual(data, { sum: 3 });
  t.like(metadata, { app: 'shop', vrs: '2', tpc: 'sum.wanted', aid: 'wanted', js: 0, trc: 'T' });
});

test.serial('a job is read while it waits and after it was signalled', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SIGNING);
  const heard: unknown[] = [];
  await mesh.sub('contract.done', (topic, { data }) => heard.push([topic, data]));
  t.is(await mesh.pub('contract.sent', contract('c1')), 'c1');
  t.is(await mesh.getStatus('c1'), 1);
  t.like(await mesh.getState('contract.sent', 'c1'), {
    data: { region: 'eu' },
    metadata: { js: 1 },
  });
  t.deepEqual(await mesh.getQueryState('c1', ['buyer', 'other', '"_buyer"', '":"']), {
    ...{ buyer: 'b-c1', other: null, _buyer: 'b-c1', ':': 1 },
  });
  t.like(await mesh.getRaw('c1'), { 'data/region': 'eu', _buyer: 'b-c1' });
  t.is(
    (await rejection(mesh.pub('contract.sent', contract('c1'))))['message'],
    'Duplicate job: c1',
  );

  await mesh.signal('contract.signed', { id: 'c1', by: 'maria' });
  await waitFor('the contract is signed', async () => (await mesh.getStatus('c1')) === 0);
  t.deepEqual((await mesh.getState('contract.sent', 'c1')).data, { region: 'eu', by: 'maria' });
  await waitFor('the subscriber hears of it', () => heard.length === 1);
  t.deepEqual(heard, [['contract.done', { region: 'eu', by: 'maria' }]]);

  const exported = await mesh.export('c1', { enrich_inputs: true });
  t.is(exported.status, '0');
  t.like(exported.process, { $: undefined, '$contract.sent': { data: { by: 'maria' } } });
  t.like(exported.process['0'], {
    sent: { output: { data: { id: 'c1' } } },
    0: { signature: { hook: { data: { by: 'maria' } } } },
  });
  t.deepEqual(
    exported.activities?.map(({ name, type, dimension }) => [name, type, dimension]),
    [
      ['sent', 'trigger', '0'],
      ['signature', 'hook', '0/0'],
    ],
  );
  await mesh.scrub('c1');
  await mesh.scrub('c1');
  t.is((await rejection(mesh.getStatus('c1')))['message'], 'Job c1 not found');
});

test.serial('what is not there is said in the words of the API', async (t) => {
  const { running } = await meshTest(t);
  const mesh = await running(SIGNING);
  t.like(await rejection(mesh.getState('contract.sent', 'no')), {
    message: 'no Not Found',
    code: 404,
  });
  t.like(await rejection(mesh.getStatus('no')), { message: 'Job no not found' });
  t.like(await rejection(mesh.interrupt('contract.sent', 'no')), { message: 'Job no not found' });
  t.is(await mesh.interrupt('contract.sent', 'no', { suppress: true }), undefined);
  t.deepEqual(await mesh.getQueryState('no', ['x']), { x: null });
  t.like(await rejection(mesh.export('no')), { code: 404 });
  const message = 'no subscription found for topic nothing in app shop for app version 2';
  t.like(await rejection(mesh.pub('nothing')), { message });
  t.like(await rejection(mesh.pubsub('nothing')), { message });
  t.regex(
    String((await rejection(mesh.signal('nothing', {})))['message']),
    /no hook rule for topic nothing|unable to find hook rule/i,
  );
  t.like(await rejection(mesh.signal('contract.signed', {}, 'pending', 200)), { code: 'WF104' });
  t.like(await rejection(mesh.signalAll('nothing', {}, {})), {
    message: 'unable to find hook rule for topic nothing',
  });
});

test.serial(
  'an interrupted job fails those who wait; one that takes too long answers 504',
  async (t) => {
    const { running } = await meshTest(t);
    const mesh = await running(SIGNING);
    const waiting = rejection(mesh.pubsub('contract.sent', contract('c2'), null, 60_000));
    await waitFor(
      'the job is there',
      async () => (await mesh.getQueryState('c2', ['buyer']))['buyer'],
    );
    await mesh.interrupt('contract.sent', 'c2', { reason: 'too late', code: 499 });
    t.like(await within('the rejection', waiting), {
      job_id: 'c2',
      error: { message: 'too late', code: 499 },
    });
    t.true((await mesh.getStatus('c2')) < -100_000_000);
    t.like(await rejection(mesh.interrupt('contract.sent', 'c2')), {
      message: 'Job c2 already completed',
    });

    const quiet = mesh.pubsub('contract.sent', contract('c3'), null, 60_000);
    await waitFor(
      'the job is there',
      async () => (await mesh.getQueryState('c3', ['buyer']))['buyer'],
    );
    await mesh.interrupt('contract.sent', 'c3', { throw: false });
    t.deepEqual((await within('the state so far', quiet)).data, { region: 'eu' });

    t.deepEqual(await rejection(mesh.pubsub('contract.sent', contract('c4'), null, 50)), {
      ...{ code: 504, message: 'timeout', job_id: 'c4' },
    });
    t.is(await mesh.getStatus('c4'), 1);
  },
);

test.serial(
  'statistics count what jobs said of themselves, and signalAll reaches them',
  async (t) => {
    const { running, pool } = await meshTest(t);
    const mesh = await running(SIGNING);
    for (const [id, size] of [
      ['s1', 'big'],
      ['s2', 'big'],
      ['s3', 'small'],
    ] as const) {
      await mesh.pub('contract.sent', contract(id, size));
    }
    const query = { data: { region: 'eu' }, end: 'NOW', range: '1h' };
    const stats = await mesh.getStats('contract.sent', query);
    t.like(stats, { key: 'eu', granularity: '1h', range: '1h', count: 3 });
    t.deepEqual(stats.measures, [
      { target: 'size:big', type: 'count', value: 2 },
      { target: 'size:small', type: 'count', value: 1 },
    ]);
    t.is(stats.segments?.length, 2);
    t.false('segments' in (await mesh.getStats('contract.sent', { ...query, sparse: true })));
    t.is((await mesh.getStats('contract.sent', { ...query, data: { region: 'us' } })).count, 0);
    const ids = await mesh.getIds('contract.sent', query, ['size:big']);
    t.deepEqual(ids.counts, [{ facet: 'size:big', count: 2 }]);
    t.deepEqual(
      ids.segments.flatMap(({ measures }) => measures.map((each) => each.ids)),
      [['s1', 's2']],
    );
    t.like(await rejection(mesh.getStats('contract.sent', { data: {}, range: '1h' })), {
      code: 'WF104',
    });
    t.like(await rejection(mesh.getStats('contract.sent', { ...query, end: 'yesterday' })), {
      code: 'WF104',
    });

    const matched = await mesh.signalAll('contract.signed', { by: 'all' }, query, ['size:big']);
    t.is(matched.length, 1);
    await waitFor('both are signed', async () => {
      const states = await Promise.all(['s1', 's2'].map((id) => mesh.getStatus(id)));
      return states.every((status) => status === 0);
    });
    t.is(await mesh.getStatus('s3'), 1);

    await mesh.pub('contract.sent', contract('s4'));
    await mesh.pubsub('all.wanted', { size: 'small', region: 'eu', by: 'a graph' });
    await waitFor('the third is signed', async () => (await mesh.getStatus('s3')) === 0);
    t.like((await mesh.getState('contract.sent', 's3')).data, { by: 'a graph' });
    t.is(await mesh.getStatus('s4'), 1);
    const { rows } = await pool.query(
      `select job_key from ratchet_internal.graph_facts where measure = 'index' order by 1`,
    );
    t.deepEqual(
      rows.map(({ job_key }) => job_key as string),
      ['s1', 's2', 's4'],
      'scrubbed',
    );
  },
);

test.serial('an instance says what it consists of', async (t) => {
  const { init, connection } = await meshTest(t);
  const callback = async () => ({ data: {} });
  const mesh = await init([{ topic: 'work', callback, workflowName: 'sum' }], { guid: 'mine' });
  t.deepEqual(mesh.engine, { appId: 'shop', namespace: 'hmsh', guid: 'mine', isReadonly: false });
  t.deepEqual(mesh.workers, [{ topic: 'work', workflowName: 'sum', guid: 'mine' }]);
  const topics = (await mesh.quorum?.rollCall(50))?.map(({ worker_topic }) => worker_topic);
  t.deepEqual(topics?.sort(), ['work', undefined]);
  const heard: string[] = [];
  const hear = (_topic: string, { type }: { type: string }) => void heard.push(type);
  await mesh.quorum?.sub(hear);
  await mesh.quorum?.pub({ type: 'user', message: 1 });
  // That of the roll call may come late, and be heard too.
  await waitFor('the message is heard', () => heard.includes('user'));
  await mesh.quorum?.unsub(hear);
  t.true(await mesh.quorum?.throttle({ throttle: 0 }));
  const workers = [{ topic: 'work', callback, connection }];
  const worker = await HotMesh.init({ appId: 'shop', logLevel: 'error', workers });
  t.is(worker.engine, null);
  t.is(worker.quorum, null);
  t.is(worker.workers.length, 1);
});
