import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { graphApp, type Graph } from '../../support/graph';

const sql = engine();

/** Whatever users put on the public tables may fail; each job says at which place, and how. */
test.beforeEach(async () => {
  await sql.rows(`create or replace function public.poison() returns trigger language plpgsql as $$
    declare v_how text := coalesce(new.input ->> 'end', ''); begin
      if new.finished_at is not null and v_how <> '' and (new.error is null or v_how like '%!') then
        raise exception 'no way out' using errcode = left(v_how, 5), detail = 'of here';
      end if;
      if tg_op = 'INSERT' and new.input ->> 'start' is not null then
        raise exception 'no way in' using errcode = new.input ->> 'start';
      end if;
      return new;
    end $$`);
  await sql.rows(`create or replace trigger poison before insert or update on ratchet.jobs
    for each row execute function public.poison()`);
});

const work: Graph = {
  subscribes: 'work',
  expire: 900,
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    act: {
      ...{ type: 'worker', topic: 'act' },
      job: { maps: { n: '{$self.output.data.n}', 'all[_]': '{$self.output.data.fields}' } },
    },
  },
  transitions: { start: [{ to: 'act' }] },
};

const call: Graph = {
  subscribes: 'call',
  expire: 900,
  activities: {
    top: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    ask: { type: 'worker', topic: 'act' },
    sub: {
      ...{ type: 'await', topic: 'work' },
      input: {
        maps: {
          id: '{top.output.data.child}',
          end: '{top.output.data.childEnd}',
          start: '{top.output.data.childStart}',
        },
      },
    },
    fine: { type: 'hook', job: { maps: { got: '{sub.output.data.n}' } } },
    wrong: { type: 'hook', job: { maps: { err: '{sub.output.metadata.$error}' } } },
  },
  transitions: {
    top: [{ to: 'ask' }],
    ask: [{ to: 'sub' }],
    sub: [
      { to: 'fine', conditions: { code: 200 } },
      { to: 'wrong', conditions: { code: 500 } },
    ],
  },
};
/** Everything that is put off is due at once. */
const soon = () =>
  sql.rows(`update ratchet_internal.messages set due_at = ratchet_internal.now()
    where kind = 'result'`);
const answer = () => ({ data: { n: 1 } });

test.serial('an error that will not pass is the error of its job alone', async (t) => {
  const app = await graphApp(sql, work);
  const worker = await app.worker(['act']);
  const codes = ['P0001', '23514', '54000', '22003', '42501', 'XX000', '55000'];
  const ids = codes.flatMap((code, at) => [`good${at}`, code]);
  for (const id of ids)
    await app.publish('work', { id, ...(id.startsWith('g') ? {} : { end: id }) });
  await app.work(worker, answer);
  for (const id of ids) {
    const { status, data, error } = await app.state(id);
    t.is(status, 0, id);
    if (id.startsWith('good')) t.deepEqual([data, error], [{ n: 1 }, null]);
    else t.like(error, { code: 500, sqlstate: id, detail: 'of here' });
    if (!id.startsWith('good')) t.regex(String(error?.['message']), /no way out/);
  }
});

test.serial('so is a name that no index takes', async (t) => {
  const app = await graphApp(sql, work);
  const worker = await app.worker(['act'], { engines: false });
  await app.publish('work', { id: 'long' });
  await app.publish('work', { id: 'short' });
  const key = Array.from({ length: 9000 }, (_, at) => ((at * 7919) % 9973).toString(36)).join('');
  await app.work(worker, ({ options }) => ({
    data: { n: 1, fields: { [options.metadata['jid'] === 'long' ? `_${key}` : '_k']: 'v' } },
  }));
  await app.run();
  const { status, error } = await app.state('long');
  t.like({ status, error }, { status: 0, error: { code: 500, activity: 'act' } });
  t.regex(String(error?.['message']), /more than 512 characters/);
  t.like(await app.state('short'), { status: 0, error: null, data: { n: 1 } });
});

test.serial('an error that may pass is tried again, ten times at most', async (t) => {
  const app = await graphApp(sql, work);
  const worker = await app.worker(['act']);
  for (const id of ['lock', 'good', 'dead']) {
    await app.publish('work', { id, ...(id === 'good' ? {} : { end: '55P03' }) });
  }
  await app.work(worker, answer);
  await app.run();
  t.is((await app.state('good')).status, 0);
  t.like(await app.state('lock'), { status: 1, error: { sqlstate: '55P03' } });
  const delays = await sql.rows(
    `select m.due_at > ratchet_internal.now() as later, j.attempt from ratchet.jobs j
      join ratchet_internal.messages m on m.job_id = j.id where j.namespace = $1`,
    [app.space],
  );
  t.deepEqual(delays, [
    { later: true, attempt: 1 },
    { later: true, attempt: 1 },
  ]);
  await sql.rows(
    `update ratchet.jobs set input = '{"id": "lock"}' where key = 'lock' and namespace = $1`,
    [app.space],
  );
  for (let round = 0; round < 12; round += 1) {
    await soon();
    await app.run();
  }
  t.like(await app.state('lock'), { status: 0, error: null, data: { n: 1 } });
  t.like(await app.state('dead'), { status: 0, error: { code: 500, sqlstate: '55P03' } });
});

test.serial('a job that cannot even be ended is left, with what it waits for', async (t) => {
  const app = await graphApp(sql, work);
  const worker = await app.worker(['act']);
  for (const id of ['stuck', 'good']) {
    await app.publish('work', { id, ...(id === 'good' ? {} : { end: 'P0001!' }) });
  }
  await app.work(worker, answer);
  await app.run();
  t.is((await app.state('good')).status, 0);
  t.is((await app.state('stuck')).status, 1);
  await sql.rows(`update ratchet.jobs set input = '{}' where key = 'stuck' and namespace = $1`, [
    app.space,
  ]);
  await soon();
  await app.run();
  t.like(await app.state('stuck'), { status: 0, data: { n: 1 } });
});

test.serial('an await is told of a child that cannot start, or end', async (t) => {
  const app = await graphApp(sql, work, call);
  const worker = await app.worker(['act']);
  await app.publish('call', { id: 'p1', child: 'c1', childStart: 'P0001' });
  await app.publish('call', { id: 'p2', child: 'c2', childEnd: 'P0001' });
  await app.publish('call', { id: 'p3', child: 'c3' });
  await app.work(worker, answer);
  await app.run();
  t.like(await app.state('p1'), { status: 0, data: { err: { code: 500, sqlstate: 'P0001' } } });
  t.like(await app.state('p2'), { status: 0, data: { err: { code: 500, sqlstate: 'P0001' } } });
  t.like(await app.state('p3'), { status: 0, data: { got: 1 } });
  t.is(await codeOf(app.state('c1')), 'WF201');
  t.like(await app.state('c2'), { status: 0, error: { sqlstate: 'P0001' } });
});

test.serial('a child that cannot start for a reason that may pass is tried again', async (t) => {
  const app = await graphApp(sql, work, call);
  const worker = await app.worker(['act']);
  await app.publish('call', { id: 'p1', child: 'c1', childStart: '40P01' });
  await app.publish('call', { id: 'p2', child: 'c2' });
  await app.work(worker, answer);
  await app.work(worker, answer);
  t.like(await app.state('p2'), { status: 0, data: { got: 1 } });
  t.like(await app.state('p1'), { status: 1, error: { sqlstate: '40P01' } });
  await sql.rows('alter table ratchet.jobs disable trigger poison');
  await soon();
  await app.work(worker, answer);
  await sql.rows('alter table ratchet.jobs enable trigger poison');
  t.like(await app.state('p1'), { status: 0, error: null, data: { got: 1 } });
});

test.serial('what publish itself brings about fails the call', async (t) => {
  const app = await graphApp(sql, work);
  t.is(await codeOf(app.publish('work', { id: 'x', start: '23514' })), '23514');
  t.is(await codeOf(app.state('x')), 'WF201');
});
