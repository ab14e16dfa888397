import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const trigger = { type: 'trigger', stats: { id: '{$self.input.data.id}' } };
const pipe = (...rows: unknown[][]) => ({ '@pipe': rows });

/** Ways out of a worker, each with a condition of its own. */
const ways = (conditions: Record<string, unknown>): Graph => ({
  subscribes: 'ways',
  activities: {
    start: trigger,
    work: { type: 'worker', topic: 'work' },
    ...Object.fromEntries(
      Object.keys(conditions).map((way) => [way, { type: 'hook', job: { maps: { [way]: 1 } } }]),
    ),
  },
  transitions: {
    start: [{ to: 'work' }],
    work: Object.entries(conditions).map(([to, given]) =>
      given === undefined ? { to } : { to, conditions: given },
    ),
  },
});

test.serial('6: each form of a condition, after a success and after an error', async (t) => {
  const v = '{$self.output.data.v}';
  const app = await graphApp(
    sql,
    ways({
      always: undefined,
      empty: {},
      number: { code: 404 },
      text: { code: '404' },
      list: { code: [200, '404'] },
      noneOf: { match: [] },
      anyOf: { gate: 'or', match: [] },
      both: {
        match: [
          { expected: 1, actual: v },
          { expected: true, actual: '{work.output.data.w}' },
        ],
      },
      either: {
        gate: 'or',
        match: [
          { expected: 0, actual: v },
          { expected: 1, actual: v },
        ],
      },
      strict: { match: [{ expected: '1', actual: v }] },
      undef: { match: [{ expected: null, actual: '{work.output.data.missing}' }] },
      literal: { match: [{ expected: '{start.output.data.v}', actual: v }] },
      object: { match: [{ expected: { a: 1 }, actual: '{work.output.data.o}' }] },
    }),
  );
  const worker = await app.worker(['work']);
  const run = async (answer: object) => {
    const { job_id: id } = await app.publish('ways', { v: 1 });
    await app.work(worker, () => answer);
    const { status, error, data } = await app.state(id);
    t.is(status, 0);
    return [Object.keys(data ?? {}).sort(), error];
  };
  t.deepEqual(await run({ data: { v: 1, w: true, o: { a: 1 } } }), [
    ['always', 'both', 'either', 'empty', 'list', 'noneOf'],
    null,
  ]);
  t.deepEqual(await run({ code: 404, failed: true, data: { message: 'm' } }), [
    ['always', 'list', 'number', 'text'],
    null,
  ]);
  t.deepEqual(await run({ code: 500, failed: true, data: {} }), [['always'], null]);
  t.deepEqual(await run({ code: 299, data: {} }), [['always'], null]);
});

/** Two ways from one activity to the same one; what follows that is plain. */
const alternatives = (second: object): Graph => ({
  subscribes: 'alternatives',
  activities: {
    start: trigger,
    work: { type: 'worker', topic: 'work' },
    close: { type: 'hook', job: { maps: { closed: '{work.output.data.v}' } } },
    after: { type: 'hook', sleep: 1000 },
  },
  transitions: {
    start: [{ to: 'work' }],
    work: [
      { to: 'close', conditions: { code: [200, 404] } },
      { to: 'close', conditions: second },
    ],
    close: [200, 2].map((code) => ({ to: 'after', conditions: { code: [200, code] } })),
  },
});

test.serial('6: ways from one activity to the same one are alternatives', async (t) => {
  const v = '{work.output.data.v}';
  for (const second of [
    { code: 300 },
    { code: [200, 300], match: [{ expected: 1, actual: v }] },
    { code: [200, 300], match: [{ expected: 2, actual: pipe([v, 1], ['{@math.add}']) }] },
  ]) {
    const app = await graphApp(sql, alternatives(second));
    const worker = await app.worker(['work']);
    for (const [code, taken] of [
      [200, 1],
      [300, 1],
      [299, 0],
    ] as const) {
      const { job_id: id } = await app.publish('alternatives');
      await app.work(worker, () => ({ code, data: { v: 1 } }));
      const { status, data } = await app.state(id);
      t.deepEqual([status, data ?? {}], [taken, taken === 1 ? { closed: 1 } : {}]);
    }
  }
});

test.serial('9.3: a threshold skips an activity, or ends the job with what is open', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'few',
    activities: {
      start: trigger,
      hold: { type: 'hook', sleep: 1000 },
      maybe: {
        type: 'hook',
        statusThreshold: '{start.output.data.threshold}',
        job: { maps: { ran: true } },
      },
    },
    transitions: { start: [{ to: 'hold' }, { to: 'maybe' }] },
  });
  const run = (threshold: number) => app.publish('few', { id: `few${threshold}`, threshold });
  t.like(await run(1), { status: 1, data: { ran: true } });
  t.like(await run(2), { status: 0, data: null, error: null });
  t.deepEqual(await app.messages('few2'), []);
  t.like(await run(3), { status: 1, data: null });
});

test.serial('4.7, 10: how long who is kept', async (t) => {
  const kept = (subscribes: string, expire: unknown): Graph => ({
    subscribes,
    ...(expire === undefined ? {} : { expire }),
    activities: { [`${subscribes}-t`]: trigger },
  });
  const app = await graphApp(
    sql,
    kept('none', undefined),
    kept('zero', 0),
    kept('some', 90),
    kept('read', pipe(['{read-t.output.data.n}', 2], ['{@math.multiply}'])),
    kept('wrong', '{wrong-t.output.data.missing}'),
    {
      subscribes: 'skips',
      expire: '{skips-t.output.data.n}',
      activities: { 'skips-t': trigger, last: { type: 'hook', statusThreshold: 1 } },
      transitions: { 'skips-t': [{ to: 'last' }] },
    },
    {
      subscribes: 'victim',
      activities: { v: trigger, hold: { type: 'hook', sleep: 1000 } },
      transitions: { v: [{ to: 'hold' }] },
    },
    {
      subscribes: 'killer',
      expire: 77,
      activities: {
        k: { type: 'trigger' },
        kill: {
          type: 'interrupt',
          target: '{k.output.data.victim}',
          expire: '{k.output.data.expire}',
        },
      },
      transitions: { k: [{ to: 'kill' }] },
    },
  );
  const expire = async (id: string) =>
    Number(
      await sql.value('select expire_seconds from ratchet.jobs where key = $1 and namespace = $2', [
        ...[id, app.space],
      ]),
    );
  for (const [topic, seconds] of Object.entries({
    none: 1,
    zero: 1e10,
    some: 90,
    read: 10,
    wrong: 1,
    skips: 5,
  })) {
    await app.publish(topic, { id: topic, n: 5 });
    t.is(await expire(topic), seconds, topic);
  }
  await app.publish('victim', { id: 'v1' });
  await app.publish('killer', { victim: 'v1', expire: 55 });
  t.is(await expire('v1'), 55);
  await app.publish('victim', { id: 'v2' });
  await app.publish('killer', { victim: 'v2' });
  t.is(await expire('v2'), 77, 'as the graph of the interrupt says');
});

test.serial('7: a wait and a signal meet by topic and value; both may be literals', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'wait',
    activities: {
      start: trigger,
      hold: {
        type: 'hook',
        job: { maps: { by: '{$self.hook.data.by}', code: '{$self.hook.data.code}' } },
      },
      more: { type: 'hook', job: { maps: { more: true } } },
    },
    transitions: { start: [{ to: 'hold' }], hold: [{ to: 'more', conditions: { code: 202 } }] },
    hooks: { go: byJob('hold') },
  });
  // 7: an early signal is kept with its status, and for as long as it says.
  await app.signal('go', { id: 'w', by: 'early' }, 'pending');
  await app.publish('wait', { id: 'w' });
  await app.run();
  t.like(await app.state('w'), { status: 1, data: { by: 'early', more: true } });
  await app.signal('go', { id: 'w', by: 'late' });
  await app.run();
  t.like(await app.state('w'), { status: 0, data: { by: 'late', more: true } });
  const kept = async (data: object) => {
    const id = await app.signal('go', data);
    return sql.value<number>(
      `select extract(epoch from expires_at - sent_at)::int from ratchet_internal.signals
        where id = $1`,
      [id],
    );
  };
  t.is(await kept({ id: 'x' }), 600);
  t.is(await kept({ id: 'y', $expire: '24h' }), 86_400);
  t.is(await codeOf(app.signal('go', { by: 'nobody' })), 'WF208');
});

test.serial('7: a wait under a key that is undefined or null fails at once', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'keyless',
    activities: { start: trigger, hold: { type: 'hook' } },
    transitions: { start: [{ to: 'hold' }] },
    hooks: {
      go: [
        {
          to: 'hold',
          conditions: {
            match: [{ expected: '{start.output.data.key}', actual: '{$self.hook.data.key}' }],
          },
        },
      ],
    },
  });
  for (const data of [{ id: 'undefined' }, { id: 'null', key: null }]) {
    const { error } = await app.publish('keyless', data);
    t.like(error, { code: 500 }, data.id);
    t.regex(String(error?.['message']), /the key to wait under is undefined or null/, data.id);
    t.deepEqual(await app.messages(data.id), []);
  }
  t.is((await app.publish('keyless', { id: 'false', key: false })).status, 1);
});
