import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

const trigger = { type: 'trigger', stats: { id: '{$self.input.data.id}' } };
const pipe = (...rows: unknown[][]) => ({ '@pipe': rows });

test.serial(
  '4.1, 5.3: the id, the payload and the trigger may be read as documented',
  async (t) => {
    const app = await graphApp(sql, {
      subscribes: 'read',
      activities: {
        start: {
          ...trigger,
          job: { maps: { own: '{start.input.data.n}', self: '{$self.output.data.n}' } },
        },
        next: {
          type: 'hook',
          job: {
            maps: {
              n: '{start.output.data.n}',
              all: '{start.output.data}',
              vrs: '{$job.metadata.vrs}',
              tpc: '{$job.metadata.tpc}',
              aid: '{$self.output.metadata.aid}',
              atp: '{$self.output.metadata.atp}',
              dad: '{$self.output.metadata.dad}',
              above: '{start.output.metadata.aid}',
            },
          },
        },
      },
      transitions: { start: [{ to: 'next' }] },
    });
    const { data, job_id: id } = await app.publish('read', { n: 7 });
    t.deepEqual(data, {
      ...{ own: 7, self: 7, n: 7, all: { n: 7 }, vrs: '1', tpc: 'read' },
      ...{ aid: 'next', atp: 'hook', dad: ',0,0', above: 'start' },
    });
    t.regex(id, /^[0-9a-f-]{36}$/, 'an id that is undefined is generated');
    t.like(await app.publish('read', { id: 12, n: 1 }), { job_id: '12' });
  },
);

test.serial('4.1: lineage is what the payload tells of, where there are such jobs', async (t) => {
  const app = await graphApp(sql, { subscribes: 'kin', activities: { t: trigger } });
  for (const payload of [
    { id: 'root' },
    { id: 'child', parentWorkflowId: 'root' },
    { id: 'grandchild', parentWorkflowId: 'child' },
    { id: 'adopted', originJobId: 'root', parentWorkflowId: 'nobody' },
    { id: 'moved', originJobId: 'child', parentWorkflowId: 'grandchild' },
    { id: 'odd', originJobId: { a: 1 }, parentWorkflowId: 7 },
  ]) {
    await app.publish('kin', payload);
  }
  const rows = await sql.rows(
    `select j.key, p.key as parent, o.key as origin from ratchet.jobs j
      left join ratchet.jobs p on p.id = j.parent_id left join ratchet.jobs o on o.id = j.origin_id
      where j.namespace = $1 order by j.id`,
    [app.space],
  );
  t.deepEqual(rows, [
    { key: 'root', parent: null, origin: null },
    { key: 'child', parent: 'root', origin: 'root' },
    { key: 'grandchild', parent: 'child', origin: 'root' },
    { key: 'adopted', parent: null, origin: 'root' },
    { key: 'moved', parent: 'grandchild', origin: 'child' },
    { key: 'odd', parent: null, origin: null },
  ]);
});

test.serial('4.4: only a number above 0 is a sleep', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'sleep',
    activities: { start: trigger, hold: { type: 'hook', sleep: '{start.output.data.sleep}' } },
    transitions: { start: [{ to: 'hold' }] },
  });
  for (const sleep of [null, '5', 0, -1, [5], undefined]) {
    t.is((await app.publish('sleep', { sleep })).status, 0, JSON.stringify(sleep));
  }
  t.is((await app.publish('sleep', { sleep: 0.5 })).status, 1);
});

test.serial('5.1: conditions see the response, not what job maps are about to write', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'order',
    activities: {
      start: { ...trigger, job: { maps: { a: 1 } } },
      mid: {
        type: 'hook',
        output: { maps: { b: 2 } },
        job: { maps: { a: 2, was: '{$job.data.a}' } },
      },
      old: { type: 'hook', job: { maps: { old: '{$job.data.a}' } } },
      new: { type: 'hook', job: { maps: { new: true } } },
      out: { type: 'hook', job: { maps: { out: true } } },
    },
    transitions: {
      start: [{ to: 'mid' }],
      mid: [
        { to: 'old', conditions: { match: [{ expected: 1, actual: '{$job.data.a}' }] } },
        { to: 'new', conditions: { match: [{ expected: 2, actual: '{$job.data.a}' }] } },
        { to: 'out', conditions: { match: [{ expected: 2, actual: '{$self.output.data.b}' }] } },
      ],
    },
  });
  t.deepEqual((await app.publish('order')).data, { a: 2, was: 1, old: 2, out: true });
});

test.serial('5.3: another branch cannot be read; job data can', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'branches',
    activities: {
      start: trigger,
      left: { type: 'hook', output: { maps: { x: 1 } }, job: { maps: { x: 1 } } },
      right: {
        type: 'hook',
        job: {
          maps: {
            seen: pipe(['{left.output.data.x}', 'yes', 'no'], ['{@conditional.ternary}']),
            data: '{$job.data.x}',
          },
        },
      },
    },
    transitions: { start: [{ to: 'left' }, { to: 'right' }] },
  });
  t.deepEqual((await app.publish('branches')).data, { x: 1, seen: 'no', data: 1 });
});

test.serial('5.4: each form of key, and what leaves the data as they were', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'keys',
    activities: {
      start: {
        ...trigger,
        job: {
          maps: {
            keep: 'first',
            deep: { a: { b: 1, c: 2 }, list: [1, 2] },
            'slots[3]': '{$self.output.data.slots}',
            inner: { 'few[2]': '{$self.output.data.list}' },
            none: null,
            empty: '',
            zero: 0,
            no: false,
          },
        },
      },
      next: {
        type: 'hook',
        job: {
          maps: {
            keep: '{start.output.data.missing}',
            deep: { a: { b: 9, d: '{start.output.data.missing}' }, list: [3] },
            'slots[3]': '{start.output.data.later}',
            'bag[-]': { '-mark': 1, _user: 2, plain: 3 },
            'user[_]': { '-mark2': 1, _user2: { x: [1] }, plain: 3 },
          },
        },
      },
    },
    transitions: { start: [{ to: 'next' }] },
  });
  const slots = { 0: 'a', 2: 'c', 3: 'dropped', x: 'dropped' };
  const { data } = await app.publish('keys', { id: 'k', slots, later: ['A'], list: [7, 8, 9] });
  t.deepEqual(data, {
    ...{ keep: 'first', none: null, empty: '', zero: 0, no: false },
    ...{ deep: { a: { b: 9, c: 2 }, list: [3] }, slots: { 0: 'A', 2: 'c' } },
    inner: { few: { 0: 7, 1: 8 } },
  });
  const fields = await sql.value('select ratchet.graph_fields($1, $2)', ['k', app.app]);
  t.like(fields, { '-mark': '1', _user2: '{"x": [1]}' });
  t.false('_user' in fields || '-mark2' in fields);
});

test.serial('5.4: user data that are null are not there; their names have a limit', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'own',
    activities: {
      start: { type: 'trigger', job: { maps: { 'user[_]': '{$self.output.data.first}' } } },
      next: { type: 'hook', job: { maps: { 'user[_]': '{start.output.data.then}' } } },
    },
    transitions: { start: [{ to: 'next' }] },
  });
  const fieldsOf = async (payload: object, search: object = {}) => {
    const { job_id: job } = await app.publish('own', payload, { search });
    return sql.value<object>('select ratchet.graph_fields($1, $2)', [job, app.app]);
  };
  const fields = await fieldsOf({ first: { _a: 1, _b: 2, _c: null }, then: { _a: null, _b: 3 } });
  t.like(fields, { _b: '3' });
  t.false('_a' in fields || '_c' in fields);
  t.false('_a' in (await fieldsOf({}, { a: null })));
  const long = (length: number) => 'n'.repeat(length);
  t.true(`_${long(500)}` in (await fieldsOf({ first: { [`_${long(500)}`]: 1 } })));
  const { status, error } = await app.publish('own', { then: { [`_${long(600)}`]: 1 } });
  t.like({ status, error }, { status: 0, error: { code: 500, activity: 'next' } });
  t.is(await codeOf(app.publish('own', {}, { search: { [long(513)]: 1 } })), 'WF104');
});

test.serial(
  '5.4: a nested map of which no leaf is defined leaves everything in place',
  async (t) => {
    const none = '{start.output.data.missing}';
    const app = await graphApp(sql, {
      subscribes: 'leaves',
      activities: {
        start: { ...trigger, job: { maps: { o: 7, n: null, kept: { k: 1 }, q: 1 } } },
        next: {
          type: 'hook',
          job: {
            maps: {
              ...{ o: { k: none }, n: { a: { b: none } }, kept: { k: none, l: { m: none } } },
              ...{ fresh: { a: { b: none } }, some: { a: { b: none }, c: 1 }, literal: {} },
              ...{ inside: { literal: {} }, q: '{start.output.data.empty}', 'r[2]': none },
              ...{ 'slots[2]': { 0: none }, marks: { 'bag[-]': { '-m': 1 } } },
            },
          },
        },
        flat: { type: 'hook', job: { maps: { o: none } } },
      },
      transitions: { start: [{ to: 'next' }], next: [{ to: 'flat' }] },
    });
    const { data } = await app.publish('leaves', { id: 'l', empty: {} });
    t.deepEqual(data, {
      ...{ o: 7, n: null, kept: { k: 1 }, some: { c: 1 } },
      ...{ literal: {}, inside: { literal: {} }, q: {} },
    });
  },
);

test.serial('5.4: maps that come to no object write nothing, and break nothing', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'odd',
    activities: {
      start: { ...trigger, job: { maps: { a: 1 } } },
      next: { type: 'hook', job: { maps: pipe(['{start.output.data.value}']) } },
    },
    transitions: { start: [{ to: 'next' }] },
  });
  t.deepEqual((await app.publish('odd', { value: { b: 2 } })).data, { a: 1, b: 2 });
  for (const value of [5, 'text', [1], null]) {
    t.deepEqual((await app.publish('odd', { value })).data, { a: 1 }, JSON.stringify(value));
  }
});

test.serial('3, 5.4: job.<code>.maps take the place of job.maps for that code', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'codes',
    activities: {
      start: trigger,
      work: {
        type: 'worker',
        topic: 'work',
        job: { maps: { any: true }, 418: { maps: { tea: '{$self.output.data.t}' } } },
      },
    },
    transitions: { start: [{ to: 'work' }] },
  });
  const worker = await app.worker(['work']);
  for (const [code, data] of [
    [200, { any: true }],
    [418, { tea: 1 }],
  ] as const) {
    const { job_id: id } = await app.publish('codes');
    await app.work(worker, () => ({ code, data: { t: 1 } }));
    t.deepEqual((await app.state(id)).data, data);
  }
});
