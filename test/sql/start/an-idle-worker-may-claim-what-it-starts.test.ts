import test from 'ava';
import type { PoolClient } from 'pg';
import { codeOf, engine } from '../../support/engine';

const sql = engine();
const REQUEST = '00000000-0000-4000-8000-000000000001';

interface Given {
  workflow?: string;
  id?: string;
  args?: string;
  options?: string | null;
  request?: string | null;
}

/** Starts a job for a worker; returns the number of the job if the worker holds it. */
function startFor(worker: string, given: Given = {}): Promise<string | null> {
  const { workflow = 'w', id = sql.name(), args = '[1]', options = null, request = null } = given;
  const text = `select ratchet.start_eagerly($1, $2, $3, $4, $2, 'durable', $5, $6)`;
  return sql.value(text, [worker, workflow, args, id, options, request]);
}

async function idleWorker(workflow = 'w'): Promise<string> {
  const worker = await sql.worker(workflow);
  await sql.exchange(worker, { idle: true });
  return worker;
}

const holderOf = (id: string) =>
  sql.value<string | null>(
    `select m.worker_id from ratchet_internal.messages m join ratchet.jobs j on j.id = m.job_id
      where j.key = $1`,
    [id],
  );

test.serial('the job is held as if it had been claimed, and ends like any other', async (t) => {
  const worker = await idleWorker('held');
  const job = await startFor(worker, { workflow: 'held', id: 'held', options: '{"watch":true}' });
  t.like(await sql.messages(job ?? ''), [{ kind: 'turn', worker_id: worker, attempt: 1 }]);
  t.deepEqual(await sql.exchange(await sql.worker('held')), [], 'nobody else gets it');
  const [held] = await sql.rows('select * from ratchet.held_work($1)', [worker]);
  t.like(held, { kind: 'turn', job_id: job, workflow_id: 'held', input: [1], attempt: 0 });
  await sql.exchange(worker, { ends: [{ job: job ?? '', result: 2 }] });
  t.like(await sql.rows('select status, result from ratchet.jobs where id = $1', [job]), [
    { status: 0, result: 2 },
  ]);
});

test.serial(
  'nobody is woken for it; the worker stays idle, and is woken for the next',
  async (t) => {
    const worker = await idleWorker('quiet');
    await idleWorker('quiet');
    const listener: PoolClient = await sql.pool().connect();
    let heard = 0;
    listener.on('notification', () => (heard += 1));
    await listener.query('listen ratchet');
    t.not(await startFor(worker, { workflow: 'quiet' }), null);
    t.not(await startFor(worker, { workflow: 'quiet' }), null);
    await listener.query('select 1');
    t.is(heard, 0);
    await sql.start('quiet', 'loud');
    await listener.query('select 1');
    t.is(heard, 1);
    await listener.query('unlisten *');
    listener.release();
  },
);

test.serial('its worker gone, another gets it, to be run with care', async (t) => {
  const worker = await idleWorker('lost');
  const job = await startFor(worker, { workflow: 'lost' });
  await sql.expire(worker);
  const other = await sql.worker('lost');
  t.like(await sql.exchange(other), [{ kind: 'careful', job_id: job }]);
});

test.serial('for everybody: a busy worker, one that is gone, serves others or rests', async (t) => {
  const busy = await sql.worker('busy');
  t.is(await startFor(busy, { workflow: 'busy', id: 'busy' }), null);
  t.is(await startFor('0', { id: 'gone' }), null);
  const other = await idleWorker('other');
  t.is(await startFor(other, { id: 'other' }), null);
  const resting = await idleWorker('resting');
  await sql.rows('update ratchet_internal.worker_routes set throttle_ms = 5 where worker_id = $1', [
    resting,
  ]);
  t.is(await startFor(resting, { workflow: 'resting', id: 'resting' }), null);
  for (const id of ['busy', 'gone', 'other', 'resting']) t.is(await holderOf(id), null, id);
});

test.serial('for everybody: what asks for more than a notification of its end', async (t) => {
  const worker = await idleWorker('options');
  const start = (options: string) =>
    startFor(worker, { workflow: 'options', id: options, options });
  for (const options of ['{"delay":1}', '{"expire":9}', '{"persistent":true}', '{"watch":false}']) {
    t.is(await start(options), null);
    t.is(await holderOf(options), null, options);
  }
});

test.serial('what start_workflow refuses is refused alike', async (t) => {
  const worker = await idleWorker('refused');
  const code = (given: Given) => codeOf(startFor(worker, { workflow: 'refused', ...given }));
  t.is(await code({ id: 'twice', request: REQUEST }), 'ok');
  t.is(await code({ id: 'twice', request: REQUEST }), 'ok');
  t.is(await startFor(worker, { workflow: 'refused', id: 'twice', request: REQUEST }), null);
  t.is(await code({ id: 'twice' }), 'WF301');
  t.is(await code({ id: '' }), 'WF101');
  t.is(await code({ workflow: 'a\nb' }), 'WF101');
  t.is(await code({ args: '{}' }), 'WF102');
  t.is(await code({ options: '{"unknown":1}' }), 'WF104');
  t.is(await sql.value(`select count(*)::int from ratchet.jobs where workflow = 'refused'`), 1);
});

test.serial('a start of the same id elsewhere is not waited for', async (t) => {
  const worker = await idleWorker('waiting');
  const other = await sql.pool().connect();
  await other.query('begin');
  await other.query(`select ratchet.start_workflow('waiting', p_id => 'same')`);
  t.is(await codeOf(startFor(worker, { workflow: 'waiting', id: 'same' })), '55P03');
  await other.query('commit');
  other.release();
  t.is(await codeOf(startFor(worker, { workflow: 'waiting', id: 'same' })), 'WF301');
});
