import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

/** Refuses, until it is dropped, what the engine writes about jobs whose id begins with `bad`. */
async function refuse(table: string, job: string, when = 'true') {
  await sql.rows(`
    create function public.refuse_${table}() returns trigger language plpgsql as $$
    begin
      if exists (select from ratchet.jobs where id = ${job} and key like 'bad%') and ${when} then
        raise exception 'closed';
      end if;
      return new;
    end $$`);
  await sql.rows(`create trigger refuse before update on ratchet.${table}
    for each row execute function public.refuse_${table}()`);
  return () => sql.rows(`drop function public.refuse_${table} cascade`);
}

const setAside = (worker: string) =>
  sql.rows('select workflow_id, problem, is_ended from ratchet.set_aside($1)', [worker]);

/** Jobs of a worker, each waiting for a signal. */
async function waiting(queue: string, key: string, ids: string[]) {
  const worker = await sql.worker(queue);
  const jobs: string[] = [];
  for (const id of ids) {
    const job = await sql.start(queue, id);
    await sql.exchange(worker);
    await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: key }] });
    jobs.push(job);
  }
  return { worker, jobs };
}

test.serial('nothing is set aside where nothing is refused', async (t) => {
  const worker = await sql.worker(sql.name());
  t.deepEqual(await setAside(worker), []);
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  t.is(await codeOf(setAside(worker)), 'WF401');
});

test.serial('the next wait of the same key has the signal', async (t) => {
  const queue = sql.name();
  const { worker, jobs } = await waiting(queue, queue, [`bad ${queue}`, queue]);
  const relent = await refuse('jobs_attributes', 'new.job_id');
  await sql.rows('select ratchet.signal($1, $2)', [queue, '"now"']);
  t.is(await codeOf(sql.exchange(worker)), 'P0001');
  const aside = { workflow_id: `bad ${queue}`, problem: 'closed', is_ended: true };
  t.deepEqual(await setAside(worker), [aside]);
  const [answer] = await sql.exchange(worker);
  t.like(answer, { kind: 'result', job_id: jobs[1], value: '"now"' });
  await relent();
});

test.serial('a wait whose job cannot be ended is looked at again by prune', async (t) => {
  const queue = sql.name();
  const { worker, jobs } = await waiting(queue, queue, [`bad ${queue}`]);
  const relents = [
    await refuse('jobs_attributes', 'new.job_id'),
    await refuse('jobs', 'new.id', 'new.status <= 0'),
  ];
  await sql.rows('select ratchet.signal($1, $2)', [queue, '"now"']);
  t.is(await codeOf(sql.exchange(worker)), 'P0001');
  t.like((await setAside(worker))[0], { problem: 'closed', is_ended: false });
  t.deepEqual(await sql.exchange(worker), []);
  await sql.rows('select ratchet.prune()');
  t.is(await codeOf(sql.exchange(worker)), 'P0001', 'it is looked at again');
  t.is((await setAside(worker)).length, 1);
  for (const relent of relents) await relent();
  await sql.rows('select ratchet.prune()');
  const [answer] = await sql.exchange(worker);
  t.like(answer, { kind: 'result', job_id: jobs[0], value: '"now"' });
});

test.serial('a timer whose trigger waits for a lock is put off for a moment', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, `bad ${queue}`);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'sleep', delay: 60_000, input: 5 }];
  await sql.exchange(worker, { plans });
  await sql.rows('create table public.audit ()');
  await sql.rows(`update ratchet_internal.messages set due_at = now() where kind = 'timer'`);
  await sql.rows(`
    create function public.refuse_locked() returns trigger language plpgsql
    as 'begin lock table public.audit nowait; return new; end'`);
  await sql.rows(`create trigger refuse before update on ratchet.jobs_attributes
    for each row execute function public.refuse_locked()`);
  const session = await sql.pool().connect();
  await session.query('begin; lock table public.audit');
  t.is(await codeOf(sql.exchange(worker)), '55P03');
  t.like((await setAside(worker))[0], { workflow_id: `bad ${queue}`, is_ended: false });
  t.deepEqual(await sql.exchange(worker), []);
  await session.query('rollback');
  session.release();
  await sql.rows('update ratchet_internal.messages set due_at = now() where job_id = $1', [job]);
  const [answer] = await sql.exchange(worker);
  t.like(answer, { kind: 'result', job_id: job, value: '5' });
  await sql.rows('drop table public.audit; drop function public.refuse_locked cascade');
});

test.serial('the work of a lost worker is freed, though one of its jobs cannot fail', async (t) => {
  const queue = sql.name();
  const lost = await sql.worker(queue);
  const jobs = [await sql.start(queue, `bad ${queue}`), await sql.start(queue, queue)];
  await sql.exchange(lost);
  await sql.rows('update ratchet_internal.messages set attempt = 10 where worker_id = $1', [lost]);
  await sql.expire(lost);
  const relent = await refuse('jobs', 'new.id', 'new.status <= 0');
  const worker = await sql.worker(queue);
  t.is(await codeOf(sql.exchange(worker)), 'P0001');
  const problem = 'what a lost worker held is run once more: closed';
  t.deepEqual(await setAside(worker), [{ workflow_id: null, problem, is_ended: false }]);
  const claimed = await sql.exchange(worker);
  t.deepEqual(claimed.map(({ job_id }) => job_id).sort(), jobs.sort());
  t.true(claimed.every(({ kind }) => kind === 'careful'));
  await relent();
});

test.serial('a graph whose timer cannot be answered ends, and the others go on', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'nap',
    expire: 900,
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      nap: { type: 'hook', sleep: 1000 },
    },
    transitions: { start: [{ to: 'nap' }] },
  });
  const worker = await app.worker([]);
  for (const id of ['bad', 'good']) await app.publish('nap', { id });
  await sql.rows(`update ratchet_internal.messages set due_at = now() where kind = 'timer'`);
  const relent = await refuse('jobs_attributes', 'new.job_id');
  t.is(await codeOf(app.exchange(worker)), 'P0001');
  const aside = { workflow_id: 'bad', problem: 'closed', is_ended: true };
  t.deepEqual(await setAside(worker), [aside]);
  await app.exchange(worker);
  t.like(await app.state('good'), { status: 0 });
  const error = { code: 598, message: 'the engine could not answer a step: closed' };
  t.deepEqual(await sql.value(`select error from ratchet.jobs where key = 'bad'`), error);
  await relent();
});

test.serial('a worker role is told no more than how much was set aside', async (t) => {
  const queue = sql.name();
  await waiting(queue, queue, [`bad ${queue}`]);
  const relent = await refuse('jobs_attributes', 'new.job_id');
  await sql.rows('select ratchet.signal($1, $2)', [queue, '"now"']);
  const session = await sql.pool().connect();
  const ask = async (text: string) => (await session.query(text)).rows as { id: string }[];
  const role = await sql.value<string>('select role_name from ratchet.provision_worker_role($1)', [
    [`t${process.pid}aside`],
  ]);
  await ask(`set session authorization ${role}`);
  const routes = JSON.stringify([{ queue: `t${process.pid}aside`, workflow: 'w' }]);
  const [worker] = await ask(`select ratchet.register_worker('w', '${routes}') as id`);
  const aside = await ask(`select * from ratchet.set_aside(${worker?.id})`);
  await ask('reset session authorization');
  session.release();
  await sql.rows(`drop owned by ${role}`);
  await sql.rows(`drop role ${role}`);
  const problem = 'something of another job was refused';
  t.deepEqual(aside as unknown[], [
    { namespace: null, workflow_id: null, problem, is_ended: true },
  ]);
  await relent();
});
