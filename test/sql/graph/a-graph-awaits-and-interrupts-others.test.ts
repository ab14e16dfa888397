import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const parent = (topic: string, options: object = {}): Graph => ({
  subscribes: 'parent',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    call: { type: 'await', topic, ...options, job: { maps: { got: '{$self.output.data}' } } },
    failed: { type: 'hook', job: { maps: { error: '{call.output.metadata.$error}' } } },
    after: { type: 'hook', job: { maps: { sum: '{call.output.data.sum}' } } },
  },
  transitions: {
    start: [{ to: 'call' }],
    call: [
      { to: 'failed', conditions: { code: [404, 409, 410, 418, 500] } },
      { to: 'after', conditions: { code: [200, 202] } },
    ],
  },
});

const child = (activity: Graph['activities'][string], more: Partial<Graph> = {}): Graph => ({
  subscribes: 'child',
  activities: {
    begin: {
      type: 'trigger',
      stats: { id: '{$self.input.data.child}' },
      job: { maps: { sum: '{$self.output.data.n}' } },
    },
    work: activity,
  },
  transitions: { begin: [{ to: 'work' }] },
  ...more,
});

const wait: Graph['activities'][string] = { type: 'hook' };
const waiting = child(wait, { hooks: { go: byJob('work') } });

/** A child that tells something in its first stretch, and waits. */
const emitting = (option: object): Graph => ({
  subscribes: 'child',
  activities: {
    begin: {
      type: 'trigger',
      stats: { id: '{$self.input.data.child}' },
      job: { maps: { sum: 1 } },
    },
    tell: { type: 'hook', job: { maps: { sum: 2 } }, ...option },
    hold: { type: 'hook' },
    end: { type: 'hook', job: { maps: { sum: 3 } } },
  },
  transitions: { begin: [{ to: 'tell' }], tell: [{ to: 'hold' }], hold: [{ to: 'end' }] },
  hooks: { go: byJob('hold') },
});

test.serial('a child that ends at once answers in the same call', async (t) => {
  const app = await graphApp(sql, parent('child'), child({ type: 'hook' }));
  const state = await app.publish('parent', { id: 'p', child: 'c', n: 3 });
  t.like(state, { status: 0, data: { got: { sum: 3 }, sum: 3 } });
  t.like((await app.state('c')).metadata, { pj: 'p', pa: 'call', pd: ',0,0' });
});

test.serial('a child that waits answers when it ends; detached ones never do', async (t) => {
  const app = await graphApp(sql, parent('child'), waiting);
  t.like(await app.publish('parent', { id: 'p', child: 'c', n: 4 }), { status: 1 });
  await app.signal('go', { id: 'c' });
  await app.run();
  t.like(await app.state('p'), { status: 0, data: { sum: 4 } });

  const free = await graphApp(sql, parent('child', { await: false }), waiting);
  const { data, status } = await free.publish('parent', { id: 'p', child: 'c', n: 4 });
  t.is(status, 0);
  t.is((data as { got: { job_id: string } }).got.job_id, 'c');
  t.like(await free.state('c'), { status: 1, metadata: { px: true } });
  await free.signal('go', { id: 'c' });
  await free.run();

  const loud = await graphApp(sql, parent('child', { await: false }), emitting({ emit: true }));
  t.like(await loud.publish('parent', { id: 'p', child: 'loud', n: 4 }), {
    status: 0,
    data: { got: { job_id: 'loud' } },
  });
});

test.serial('a child that cannot start, fails or is stopped answers with an error', async (t) => {
  const app = await graphApp(sql, parent('{start.output.data.topic}'), waiting, {
    subscribes: 'bad',
    activities: {
      first: { type: 'trigger' },
      stop: { type: 'interrupt', code: 418, reason: 'no tea' },
    },
    transitions: { first: [{ to: 'stop' }] },
  });
  const run = (id: string, topic: string) => app.publish('parent', { id, topic, child: 'c' });
  t.like((await run('p1', 'nowhere')).data, { error: { code: 404 } });
  t.like((await run('p2', 'bad')).data, { error: { code: 418, message: 'no tea' } });
  t.like(await run('p3', 'child'), { status: 1 });
  t.like((await run('p4', 'child')).data, { error: { code: 409 } });
  await app.interrupt('c', { reason: 'enough', expire: 0 });
  await app.run();
  t.like((await app.state('p3')).data, { error: { code: 410, message: 'enough' } });
  await app.publish('parent', { id: 'p5', topic: 'child', child: 'c2', n: 1 });
  await app.interrupt('c2', { throw: false });
  await app.run();
  t.like(await app.state('p5'), { status: 0, data: { sum: 1 } });
  t.like(await app.state('c2'), { error: null, data: { sum: 1 } });
  await app.publish('parent', { id: 'p6', topic: 'child', child: 'c3' });
  await sql.rows('select ratchet.scrub($1, $2)', ['c3', app.app]);
  await app.run();
  t.like((await app.state('p6')).data, { error: { code: 410 } });
});

test.serial('a child that emits answers pending, one that persists answers for good', async (t) => {
  const app = await graphApp(sql, parent('child'), emitting({ emit: true }));
  await app.publish('parent', { id: 'p', child: 'c' });
  t.like(await app.state('p'), { status: 1, data: { sum: 2 } });
  await app.signal('go', { id: 'c' });
  await app.run();
  t.like(await app.state('p'), { status: 0, data: { sum: 3 } });
  t.deepEqual(await app.history('p'), [
    'after,0,0,0',
    'after,0,1,0',
    'call,0,0',
    'call,0,1',
    'start,0',
  ]);

  const lasting = await graphApp(sql, parent('child'), emitting({ persist: true }));
  await lasting.publish('parent', { id: 'p', child: 'c' });
  t.like(await lasting.state('p'), { status: 0, data: { sum: 2 } });
  await lasting.signal('go', { id: 'c' });
  await lasting.run();
  t.like(await lasting.state('c'), { status: 0, data: { sum: 3 } });
});

test.serial('a job interrupts itself, whatever else is open', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'self',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      open: { type: 'hook', sleep: 1000 },
      stop: {
        type: 'interrupt',
        throw: '{start.output.data.throw}',
        reason: 'because',
        expire: 77,
        job: { maps: { stopped: true } },
      },
    },
    transitions: { start: [{ to: 'open' }, { to: 'stop' }] },
  });
  const thrown = await app.publish('self', { id: 's1', throw: true });
  t.like(thrown, {
    data: { stopped: true },
    error: { code: 410, message: 'because', job_id: 's1' },
  });
  t.true(thrown.status < -100_000_000);
  const quiet = await app.publish('self', { id: 's2', throw: false });
  t.true(quiet.status < -100_000_000);
  t.is(quiet.error, null);
  t.deepEqual(await app.messages('s1'), []);
  t.is(await sql.value(`select expire_seconds::int from ratchet.jobs where key = 's1'`), 77);
  t.like(await sql.value(`select ratchet.result('s2', $1)`, [app.space]), { stopped: true });
});

test.serial('4.7: only without a target a job interrupts itself', async (t) => {
  const aim = '{start.output.data.target}';
  const app = await graphApp(
    sql,
    ...[{ target: aim }, {}].map((option, at) => ({
      subscribes: `aim${at}`,
      activities: {
        [at === 0 ? 'start' : 'begin']: {
          ...{ type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        },
        [`stop${at}`]: { type: 'interrupt', expire: 60, ...option },
        ...(at === 0 ? { after: { type: 'hook', job: { maps: { after: true } } } } : {}),
      },
      transitions: {
        [at === 0 ? 'start' : 'begin']: [{ to: `stop${at}` }],
        ...(at === 0 ? { stop0: [{ to: 'after' }] } : {}),
      },
    })),
  );
  for (const data of [{}, { target: null }, { target: '' }, { target: 'nobody' }]) {
    const state = await app.publish('aim0', data);
    t.like(state, { status: 0, error: null, data: { after: true } }, JSON.stringify(data));
  }
  t.like(await app.publish('aim0', { id: 'own', target: 'own' }), { error: { code: 410 } });
  t.like(await app.publish('aim1'), { error: { code: 410 } });
});

test.serial('a job interrupts another one, and goes on when there is none', async (t) => {
  const app = await graphApp(sql, waiting, {
    subscribes: 'killer',
    activities: {
      start: { type: 'trigger' },
      kill: {
        type: 'interrupt',
        target: '{start.output.data.target}',
        output: { maps: { seen: 1 } },
        job: { maps: { did: '{$self.output.data.seen}' } },
      },
      after: { type: 'hook', job: { maps: { after: true } } },
    },
    transitions: { start: [{ to: 'kill' }], kill: [{ to: 'after' }] },
  });
  await app.publish('child', { child: 'v' });
  const state = await app.publish('killer', { target: 'v' });
  t.like(state, { status: 0, data: { did: 1, after: true } });
  t.true((await app.state('v')).status < 0);
  t.like(await app.publish('killer', { target: 'nobody' }), { status: 0, data: { after: true } });
  const notes = await sql.rows(
    `select (a.input ->> 'is_interrupted')::boolean as done from ratchet.jobs_attributes a
      join ratchet.jobs j on j.id = a.job_id where a.kind = 'interrupt' and j.namespace = $1
      order by a.job_id`,
    [app.space],
  );
  t.deepEqual(notes, [{ done: true }, { done: false }]);

  // A target that somebody holds is not waited for: the activity comes back to it.
  await app.publish('child', { child: 'w' });
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query(`select from ratchet.jobs where key = 'w' for update`);
  const held = await app.publish('killer', { target: 'w' });
  t.like(held, { status: 1 });
  await client.query('commit');
  client.release();
  const now = 'due_at = ratchet_internal.now()';
  await sql.rows(`update ratchet_internal.messages set ${now} where kind = 'result'`);
  await app.run();
  t.like(await app.state(held.job_id), { status: 0, data: { after: true } });
  t.true((await app.state('w')).status < 0);
});

test.serial(
  'stopping from outside: terminate is interrupt; unknown and finished jobs',
  async (t) => {
    const app = await graphApp(sql, parent('child'), waiting);
    await app.publish('parent', { id: 'p', child: 'c' });
    t.true(await sql.value('select ratchet.terminate($1, $2)', ['p', app.space]));
    t.like(await app.state('p'), { error: { code: 410 }, metadata: { js: -999_999_999 } });
    t.like(await app.state('c'), { status: 1 });
    t.is(await codeOf(app.interrupt('p')), 'WF302');
    t.is(await codeOf(app.interrupt('nobody')), 'WF201');
    t.is(await app.interrupt('nobody', { suppress: true }), null);
    t.is(await codeOf(app.interrupt('c', { thrown: true })), 'WF104');
    t.true(await sql.value('select ratchet.cancel($1, $2)', ['c', app.space]));
    await app.signal('go', { id: 'c' });
    await app.run();
    t.like(await app.state('c'), { status: 0 });
    t.true(await sql.value('select ratchet.scrub($1, $2)', ['c', app.app]));
    t.false(await sql.value('select ratchet.scrub($1, $2)', ['c', app.app]));
    t.is(await codeOf(app.state('c')), 'WF201');
  },
);
