import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

test.serial('a graph without workers completes inside publish', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'sum',
    expire: 60,
    activities: {
      start: {
        type: 'trigger',
        entity: 'sums',
        stats: { id: '{$self.input.data.id}' },
        job: { maps: { a: '{$self.output.data.a}', jid: '{$job.metadata.jid}' } },
      },
      shape: {
        type: 'hook',
        output: {
          maps: { b: '{start.output.data.b}', deep: { c: '{start.output.data.missing}' } },
        },
        job: { maps: { b: '{$self.output.data.b}', whole: '{start.output.data}' } },
      },
      left: { type: 'hook', job: { maps: { left: '{shape.output.data.b}' } } },
      right: {
        type: 'activity',
        job: { maps: { right: '{left.output.data.x}', was: '{$job.data.a}' } },
      },
    },
    transitions: {
      start: [{ to: 'shape' }],
      shape: [
        {
          to: 'left',
          conditions: { match: [{ expected: 2, actual: '{$self.output.data.b}' }] },
        },
        { to: 'right', conditions: { code: [200, 404] } },
      ],
    },
  });
  const state = await app.publish('sum', { id: 's1', a: 1, b: 2 });
  t.like(state, { job_id: 's1', status: 0, error: null });
  t.deepEqual(state.data, {
    ...{ a: 1, jid: 's1', b: 2, whole: { id: 's1', a: 1, b: 2 }, left: 2, was: 1 },
  });
  t.deepEqual(await app.history('s1'), ['left,0,0,0', 'right,0,0,0', 'shape,0,0', 'start,0']);
  const [job] = await sql.rows(
    `select entity, workflow, queue, version, expire_seconds::int, result from ratchet.jobs
      where key = 's1' and namespace = $1`,
    [app.space],
  );
  t.deepEqual(job, {
    ...{ entity: 'sums', workflow: 'sum', queue: app.app, version: '1', expire_seconds: 60 },
    result: state.data,
  });
  t.is(await sql.value(`select ratchet.result('s1', $1)`, [app.space]).then((v) => v.left), 2);
  t.is(await codeOf(app.publish('sum', { id: 's1' })), 'WF301');
});

test.serial('job maps have nested leaves, slots, markers and user data', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'maps',
    activities: {
      start: {
        type: 'trigger',
        stats: { id: 'one' },
        job: { maps: { nested: { a: 1, keep: true }, empty: '', none: null, slash: '/t-shirt' } },
      },
      more: {
        type: 'hook',
        job: {
          maps: {
            nested: { a: '{start.output.data.x}', b: 2 },
            'list[3]': '{start.output.data.list}',
            'tags[-]': '{start.output.data.tags}',
            'user[_]': '{start.output.data.tags}',
            gone: '{start.output.data.missing}',
          },
        },
      },
    },
    transitions: { start: [{ to: 'more' }] },
  });
  const tags = { '-m': 'mark', _city: 'Graz', other: 1 };
  const { data } = await app.publish('maps', { x: { y: 1 }, list: [7, 8, 9, 10], tags });
  t.deepEqual(data, {
    nested: { a: { y: 1 }, keep: true, b: 2 },
    ...{ empty: '', none: null, slash: '/t-shirt', list: { 0: 7, 1: 8, 2: 9 } },
  });
  const fields = await sql.rows(
    `select kind, field, value from ratchet.jobs_attributes a join ratchet.jobs j on j.id = a.job_id
      where j.namespace = $1 and a.kind in ('attribute', 'marker') order by field`,
    [app.space],
  );
  t.deepEqual(fields, [
    { kind: 'marker', field: '-m', value: 'mark' },
    { kind: 'attribute', field: '_city', value: 'Graz' },
  ]);
});

test.serial('a worker gets mapped input, or the payload; its answer leads on', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'price',
    activities: {
      start: { type: 'trigger' },
      price: {
        type: 'worker',
        topic: '{start.output.data.topic}',
        input: { maps: { sku: '{start.output.data.sku}' } },
        telemetry: { sku: '{start.output.data.sku}', list: '{start.output.data.list}' },
        job: { maps: { price: '{$self.output.data.price}' } },
      },
      ship: { type: 'worker', topic: 'ship', job: { maps: { shipped: '{$self.output.data}' } } },
      odd: { type: 'hook', job: { maps: { odd: true } } },
    },
    transitions: {
      start: [{ to: 'price' }],
      price: [{ to: 'ship' }, { to: 'odd', conditions: { code: 418 } }],
    },
  });
  const worker = await app.worker(['price.eu', 'ship']);
  const payload = { topic: 'price.eu', sku: 'x', list: [1] };
  const { job_id: job } = await app.publish('price', payload, { trc: 'trace', spn: 'span' });
  const seen = await app.work(worker, (claim) =>
    claim.name === 'price' ? { data: { price: 9 }, code: 418 } : { data: 'done' },
  );
  t.deepEqual(
    seen.map((claim) => [claim.name, claim.input, claim.address]),
    [
      ['price', { sku: 'x' }, ',0,0'],
      ['ship', payload, ',0,0,0'],
    ],
  );
  t.like(seen[0]?.options.metadata, {
    ...{ jid: job, aid: 'price', dad: ',0,0', topic: 'price.eu', wfn: 'price', trc: 'trace' },
    telemetry: { 'app.activity.data.sku': 'x' },
  });
  t.like(await app.state(job), { status: 0, data: { price: 9, shipped: 'done', odd: true } });
});

test.serial('a worker that answers pending, or nothing, is answered by hand', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'slow',
    activities: {
      start: { type: 'trigger' },
      slow: { type: 'worker', topic: 'slow', job: { maps: { at: '{$self.output.data.at}' } } },
      part: { type: 'hook', job: { maps: { part: '{slow.output.data.at}' } } },
      end: { type: 'hook', job: { maps: { end: '{slow.output.data.at}' } } },
    },
    transitions: {
      start: [{ to: 'slow' }],
      slow: [
        { to: 'part', conditions: { code: 202 } },
        { to: 'end', conditions: { code: 200 } },
      ],
    },
  });
  const worker = await app.worker(['slow']);
  for (const first of [202, 102]) {
    const { job_id: job } = await app.publish('slow');
    const [claim] = await app.work(worker, () => ({ data: { at: 1 }, code: first }));
    if (claim === undefined) throw new Error('There is nothing to work on.');
    t.like(await app.state(job), { status: 1, data: first === 202 ? { at: 1, part: 1 } : null });
    await app.respond(claim, 'pending', 202, { at: 2 });
    await app.respond(claim, 'success', 200, { at: 3 });
    await app.run();
    await app.respond(claim, 'success', 200, { at: 4 });
    await app.run();
    t.like(await app.state(job), { status: 0, data: { at: 3, part: 2, end: 3 } });
    const last = first === 202 ? 2 : 1;
    t.true((await app.history(job)).includes(`end,0,${last},0`));
  }
});

test.serial('a hook sleeps, waits for a signal, or for whichever comes first', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'wait',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      hold: {
        type: 'hook',
        sleep: '{start.output.data.sleep}',
        output: { maps: { set: 1 } },
        job: {
          maps: { by: '{$self.hook.data.by}', at: '{$self.hook.data.timestamp}', done: true },
        },
      },
      after: {
        type: 'hook',
        job: { maps: { said: '{hold.hook.data.by}', set: '{hold.output.data.set}' } },
      },
    },
    transitions: { start: [{ to: 'hold' }], hold: [{ to: 'after' }] },
    hooks: { 'wait.over': byJob('hold') },
  });
  t.like(await app.publish('wait', { id: 'w1', sleep: 1000 }), { status: 1, data: null });
  await app.signal('wait.over', { id: 'w1', by: 'Ann' });
  await app.run();
  t.deepEqual((await app.state('w1')).data, { by: 'Ann', done: true, said: 'Ann', set: 1 });

  await app.publish('wait', { id: 'w2', sleep: 0.001 });
  await app.run();
  const { data } = await app.state('w2');
  t.like(data, { done: true, set: 1 });
  t.is(typeof data?.['at'], 'number');

  await app.signal('wait.over', { id: 'w3', by: 'early' });
  await app.publish('wait', { id: 'w3', sleep: 'none' });
  await app.run();
  t.like((await app.state('w3')).data, { by: 'early', said: 'early' });
  t.is(await codeOf(app.signal('nobody.waits', {})), 'WF208');
  t.is(await codeOf(app.signal('wait.over', { by: 'x' })), 'WF208');
});

test.serial('a pending signal gives data and leaves the hook waiting', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'steps',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      hold: { type: 'hook', job: { maps: { n: '{$self.hook.data.n}' } } },
      each: { type: 'hook', job: { maps: { each: '{hold.hook.data.n}' } } },
    },
    transitions: {
      start: [{ to: 'hold' }],
      hold: [{ to: 'each', conditions: { code: [200, 202] } }],
    },
    hooks: { step: byJob('hold') },
  });
  await app.publish('steps', { id: 'p' });
  await app.signal('step', { id: 'p', n: 1 }, 'pending');
  await app.run();
  t.like(await app.state('p'), { status: 1, data: { n: 1, each: 1 } });
  await app.signal('step', { id: 'p', n: 2 }, 'pending');
  await app.signal('step', { id: 'p', n: 3 }, 'success');
  await app.run();
  t.like(await app.state('p'), { status: 0, data: { n: 3, each: 3 } });
  t.deepEqual(await app.history('p'), [
    ...['each,0,0,0', 'each,0,1,0', 'each,0,2,0', 'hold,0,0', 'hold,0,1', 'hold,0,2', 'start,0'],
  ]);
});

test.serial('a signal activity resumes a hook of another job', async (t) => {
  const app = await graphApp(
    sql,
    {
      subscribes: 'parent',
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        hold: { type: 'hook', job: { maps: { got: '{$self.hook.data.note}' } } },
      },
      transitions: { start: [{ to: 'hold' }] },
      hooks: { 'parent.resume': byJob('hold') },
    },
    {
      subscribes: 'tell',
      activities: {
        begin: { type: 'trigger' },
        tell: {
          type: 'signal',
          topic: 'parent.resume',
          signal: { maps: { id: '{begin.output.data.to}', note: '{$self.output.data.note}' } },
          output: { maps: { note: 'hello' } },
          job: { maps: { sent: true } },
        },
      },
      transitions: { begin: [{ to: 'tell' }] },
    },
  );
  await app.publish('parent', { id: 'p1' });
  t.like(await app.publish('tell', { to: 'p1' }), { status: 0, data: { sent: true } });
  await app.run();
  t.like(await app.state('p1'), { status: 0, data: { got: 'hello' } });
  t.like(await app.publish('tell', {}), { status: 0, error: { code: 500, activity: 'tell' } });
});
