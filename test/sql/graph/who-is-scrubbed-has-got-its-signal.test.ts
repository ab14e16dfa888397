import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

const listed = {
  subscribes: 'listed',
  expire: 600,
  activities: {
    listed: {
      type: 'trigger',
      stats: {
        ...{ id: '{$self.input.data.id}', key: 'all', granularity: 'infinity' },
        measures: [{ measure: 'index', target: '{$self.input.data.color}' }],
      },
    },
    hold: { type: 'hook', job: { maps: { got: '{$self.hook.data.x}' } } },
  },
  transitions: { listed: [{ to: 'hold' }] },
  hooks: { called: byJob('hold') },
};

const all = (x: number) => ({
  ...{ type: 'signal', subtype: 'all', topic: 'called', key_name: 'color', key_value: 'red' },
  ...{ scrub: true, signal: { maps: { x } }, resolver: { maps: { data: {} } } },
});

const call = (after: { type: string; [option: string]: unknown }) => ({
  subscribes: 'call',
  expire: 600,
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    pause: { type: 'hook', sleep: '{start.output.data.sleep}' },
    first: all(1),
    after,
  },
  transitions: { start: [{ to: 'pause' }], pause: [{ to: 'first' }], first: [{ to: 'after' }] },
});

const interrupt = { type: 'interrupt', topic: 'listed', target: 'nobody' };

for (const [what, sleep] of [
  ['starts', 0],
  ['goes on', 0.001],
] as const) {
  test.serial(`a job that ${what} signals all and then stops another one`, async (t) => {
    const app = await graphApp(sql, listed, call(interrupt));
    for (const id of ['a', 'b']) await app.publish('listed', { id, color: 'red' });
    await app.publish('call', { id: 'c', sleep });
    await app.run();
    for (const id of ['a', 'b']) {
      t.like(await app.state(id), { status: 0, data: { got: 1 } });
    }
    t.is((await app.state('c')).status, 0);
  });
}

test.serial('of several that scrub the same list one signals it', async (t) => {
  const app = await graphApp(sql, listed, call(all(2)));
  for (const id of ['a', 'b']) await app.publish('listed', { id, color: 'red' });
  for (const id of ['c', 'd', 'e']) await app.publish('call', { id, sleep: 0.001 });
  await app.run();
  for (const id of ['a', 'b']) {
    t.like(await app.state(id), { status: 0, data: { got: 1 } });
  }
  const left = 'select count(*)::int from ratchet_internal.signals where namespace = $1';
  t.is(await sql.value(left, [app.space]), 0);
});

test.serial('the default graph lists its jobs whatever topic started them', async (t) => {
  const { expire, activities, transitions, hooks } = listed;
  const app = await graphApp(sql, { expire, activities, transitions, hooks }, call(interrupt));
  await app.publish('some.topic', { id: 'a', color: 'red' });
  await app.publish('another.topic', { id: 'b', color: 'blue' });
  await app.publish('another.topic', { id: 'c', color: 'red' });
  const all = (facet: string) =>
    sql.value<string[]>('select ratchet.signal_all($1, $2, $3, $4, $5)', [
      ...['called', '{"x":3}', '{"data":{},"scrub":true}', [facet], app.app],
    ]);
  t.deepEqual(await all('color:blue'), ['0:color:blue']);
  t.deepEqual(await all('color:blue'), [], 'it has scrubbed');
  await app.publish('call', { id: 'd' });
  await app.run();
  for (const [id, got] of [
    ['a', 1],
    ['b', 3],
    ['c', 1],
  ] as const) {
    t.like(await app.state(id), { data: { got } });
  }
});
