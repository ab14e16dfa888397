import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

const hold = {
  subscribes: 'hold',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    wait: {
      type: 'hook',
      sleep: '{start.output.data.sleep}',
      escalation: { role: 'clerk', description: '{start.output.data.id}' },
    },
    call: { type: 'await', topic: 'sum' },
    end: { type: 'hook', job: { maps: { sum: '{call.output.data.sum}' } } },
  },
  transitions: { start: [{ to: 'wait' }], wait: [{ to: 'call' }], call: [{ to: 'end' }] },
  hooks: { go: byJob('wait') },
};

const sum = {
  subscribes: 'sum',
  activities: {
    first: { type: 'trigger' },
    second: { type: 'hook' },
    third: { type: 'hook', job: { maps: { sum: 7 } } },
  },
  transitions: { first: [{ to: 'second' }], second: [{ to: 'third' }] },
};

test.serial('programs wait for the result of a graph as for any job', async (t) => {
  const app = await graphApp(sql, hold, sum);
  await app.publish('hold', { id: 'w' });
  const watch = () =>
    sql.rows('select * from ratchet.watch_jobs($1, $2)', [app.space, ['w', 'no']]);
  t.deepEqual(
    (await watch()).map((row) => row['workflow_id']),
    ['no'],
  );
  t.is(await codeOf(sql.rows('select ratchet.result($1, $2)', ['w', app.space])), 'WF303');
  const client = await sql.pool().connect();
  const heard = new Promise((resolve) => client.once('notification', resolve));
  await client.query('listen ratchet');
  const waiting = sql.value('select ratchet.await_result($1, $2, $3)', ['w', '30 s', app.space]);
  await app.signal('go', { id: 'w' });
  await app.run();
  t.deepEqual(await waiting, { sum: 7 });
  await heard;
  await client.query('unlisten ratchet');
  client.release();
  t.like(
    (await watch()).find((row) => row['workflow_id'] === 'w'),
    { status: 0, result: { sum: 7 } },
  );
  t.is(await sql.value('select ratchet.status($1, $2)', ['w', app.space]), 0);
});

test.serial(
  'a budget of one activity a call comes to the same end, children included',
  async (t) => {
    const app = await graphApp(sql, hold, sum);
    await app.publish('hold', { id: 'b' });
    await app.signal('go', { id: 'b' });
    let calls = 0;
    for (; (await app.state('b')).status > 0 && calls < 50; calls += 1) {
      const steps = await sql.value<number>('select ratchet.run_graphs($1, p_budget => 1)', [
        app.app,
      ]);
      t.true(steps <= 2, 'one activity, and a child that starts beyond the budget');
      t.deepEqual(await sql.rows('select * from ratchet.check_invariants()'), []);
    }
    t.true(calls > 3);
    t.like(await app.state('b'), { status: 0, data: { sum: 7 } });
  },
);

test.serial('escalations are handed over when hooks wait, time out and end', async (t) => {
  const app = await graphApp(sql, hold, sum);
  await sql.rows('create table public.noted (at serial, event text, job bigint, fields jsonb)');
  await sql.rows(
    `create or replace function ratchet_internal.note_escalation(
      p_event text, p_job bigint, p_address text default null, p_position int default null,
      p_key jsonb default null, p_fields jsonb default null) returns void language sql as
    'insert into public.noted (event, job, fields) values (p_event, p_job, p_fields)'`,
  );
  const noted = async (id: string) => {
    const rows = await sql.rows(
      `select event, fields from public.noted n join ratchet.jobs j on j.id = n.job
        where j.key = $1 and j.namespace = $2 order by at`,
      [id, app.space],
    );
    return rows.map((row) => [row['event'], row['fields']]);
  };
  const created = (id: string) => ['created', { role: 'clerk', description: id }];
  await app.publish('hold', { id: 'e1', sleep: 0.001 });
  await app.publish('hold', { id: 'e2', sleep: 1000 });
  await app.publish('hold', { id: 'e3' });
  await app.signal('go', { id: 'e2' });
  await app.interrupt('e3', { expire: 600 });
  await app.run();
  t.deepEqual(await noted('e1'), [created('e1'), ['expired', null], ['cancelled', null]]);
  t.deepEqual(await noted('e2'), [created('e2'), ['cancelled', null]]);
  t.deepEqual(await noted('e3'), [created('e3'), ['cancelled', null]]);
});
