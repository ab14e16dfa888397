import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const add = (reference: string, n = 1) => ({ '@pipe': [[reference, n], ['{@math.add}']] });
const less = (reference: string, than: unknown) => ({
  '@pipe': [[reference, than], ['{@conditional.less_than}']],
});

/** Counts from 1 to `limit` in the payload; each pass does `body`, then goes round or ends. */
const loop = (body: Graph['activities'][string], more: Graph['transitions'] = {}): Graph => ({
  subscribes: 'count',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    pivot: {
      type: 'hook',
      output: { maps: { n: 1 } },
      job: { maps: { n: '{$self.output.data.n}' } },
    },
    body,
    again: {
      type: 'cycle',
      ancestor: 'pivot',
      input: { maps: { n: add('{pivot.output.data.n}') } },
    },
    finish: { type: 'hook', job: { maps: { last: '{pivot.output.data.n}' } } },
    beside: { type: 'hook', job: { maps: { beside: '{pivot.output.data.n}' } } },
  },
  transitions: {
    start: [{ to: 'pivot' }],
    pivot: [{ to: 'body' }, { to: 'beside' }],
    body: [
      {
        to: 'again',
        conditions: {
          code: [200, 500],
          match: [
            { expected: true, actual: less('{pivot.output.data.n}', '{start.output.data.limit}') },
          ],
        },
      },
      {
        to: 'finish',
        conditions: {
          match: [
            { expected: false, actual: less('{pivot.output.data.n}', '{start.output.data.limit}') },
          ],
        },
      },
    ],
    ...more,
  },
});

test.serial('passes get addresses of their own, beside parallel branches', async (t) => {
  const app = await graphApp(sql, loop({ type: 'hook' }));
  const state = await app.publish('count', { id: 'c', limit: 3 });
  t.like(state, { status: 0, data: { n: 3, last: 3, beside: 3 } });
  t.deepEqual(await app.history('c'), [
    ...['again,0,0,0,0', 'again,0,1,0,0'],
    ...['beside,0,0,0', 'beside,0,1,0', 'beside,0,2,0'],
    ...['body,0,0,0', 'body,0,1,0', 'body,0,2,0', 'finish,0,2,0,0'],
    ...['pivot,0,0', 'pivot,0,1', 'pivot,0,2', 'start,0'],
  ]);
  const ledgers = await sql.rows(
    `select address, entries::int from ratchet.ledger l join ratchet.jobs_attributes a
      using (job_id, field) where l.job_key = 'c' and a.field like '%pivot' order by a.address`,
  );
  t.deepEqual(
    ledgers.map((row) => row.entries),
    [3, 1, 1],
  );
});

test.serial('a worker in a loop is tried again by the flow itself', async (t) => {
  const app = await graphApp(sql, loop({ type: 'worker', topic: 'try' }));
  const worker = await app.worker(['try']);
  await app.publish('count', { id: 'w', limit: 3 });
  const seen = await app.work(worker, ({ attempt, address }) =>
    address === ',0,2,0'
      ? { data: {} }
      : { failed: true, code: 500, data: { message: `no, ${attempt}` } },
  );
  t.deepEqual(
    seen.map((claim) => claim.address),
    [',0,0,0', ',0,1,0', ',0,2,0'],
  );
  t.like(await app.state('w'), { status: 0, data: { last: 3 } });
});

test.serial('loops within loops count their passes apart', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'nest',
    activities: {
      start: { type: 'trigger', stats: { id: 'nest' } },
      outer: { type: 'hook', output: { maps: { n: 1 } } },
      inner: { type: 'hook', output: { maps: { n: 1 } } },
      innerAgain: {
        type: 'cycle',
        ancestor: 'inner',
        input: { maps: { n: add('{inner.output.data.n}') } },
      },
      outerAgain: {
        type: 'cycle',
        ancestor: 'outer',
        input: { maps: { n: add('{outer.output.data.n}') } },
      },
    },
    transitions: {
      start: [{ to: 'outer' }],
      outer: [{ to: 'inner' }],
      inner: [
        {
          to: 'innerAgain',
          conditions: { match: [{ expected: true, actual: less('{inner.output.data.n}', 2) }] },
        },
        {
          to: 'outerAgain',
          conditions: {
            match: [
              { expected: 2, actual: '{inner.output.data.n}' },
              { expected: true, actual: less('{outer.output.data.n}', 2) },
            ],
          },
        },
      ],
    },
  });
  t.is((await app.publish('nest')).status, 0);
  t.deepEqual(
    (await app.history('nest')).filter(
      (run) => run.startsWith('inner,') || run.startsWith('outer,'),
    ),
    ['inner,0,0,0', 'inner,0,0,1', 'inner,0,1,0', 'inner,0,1,1', 'outer,0,0', 'outer,0,1'],
  );
});

test.serial('a hook that waits in a loop waits anew in each pass', async (t) => {
  const graph = loop({ type: 'hook', job: { maps: { note: '{$self.hook.data.note}' } } });
  const app = await graphApp(sql, { ...graph, hooks: { next: byJob('body') } });
  await app.publish('count', { id: 'h', limit: 2 });
  await app.signal('next', { id: 'h', note: 'one' });
  await app.signal('next', { id: 'h', note: 'two' });
  await app.run();
  t.like(await app.state('h'), { status: 0, data: { last: 2, note: 'two' } });
});

test.serial(
  'what exceeds the budget goes on through messages; endless loops are stopped',
  async (t) => {
    const app = await graphApp(sql, loop({ type: 'hook' }));
    const cut = await app.publish('count', { id: 'long', limit: 600 });
    t.true(cut.status > 0);
    t.true((await app.messages('long')).every((message) => message.kind === 'result'));
    t.regex(
      await sql.value(`select why from ratchet.open_steps where job_key = 'long' limit 1`),
      /engine/,
    );
    await app.run();
    t.like(await app.state('long'), { status: 0, data: { last: 600, beside: 600 } });

    await app.publish('count', { id: 'none', limit: 1_000_000 });
    await sql.rows(
      `update ratchet.jobs_attributes a
      set ledger = ratchet_internal.passes_counted(a.ledger, 10000)
      from ratchet.jobs j where j.id = a.job_id and j.key = 'none' and a.address = ',0,0'`,
    );
    await app.run();
    t.like(await app.state('none'), { status: 0, error: { code: 598, activity: 'pivot' } });
    await sql.rows('select ratchet.scrub($1, $2)', ['none', app.app]);
  },
);

test.serial('what only another branch of the loop reads is there after a wait', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'far',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      pivot: { type: 'hook', output: { maps: { n: 1 } } },
      nap: { type: 'hook', sleep: 0.001 },
      again: { type: 'cycle', ancestor: 'pivot', input: { maps: { n: 2 } } },
      reader: { type: 'hook', job: { maps: { id: '{start.output.data.id}' } } },
    },
    transitions: {
      start: [{ to: 'pivot' }],
      pivot: [
        {
          to: 'nap',
          conditions: { match: [{ expected: 1, actual: '{pivot.output.data.n}' }] },
        },
        {
          to: 'reader',
          conditions: { match: [{ expected: 2, actual: '{pivot.output.data.n}' }] },
        },
      ],
      nap: [{ to: 'again' }],
    },
  });
  await app.publish('far', { id: 'f' });
  for (let round = 0; (await app.state('f')).status > 0 && round < 100; round += 1) await app.run();
  t.like(await app.state('f'), { status: 0, data: { id: 'f' } });
});
