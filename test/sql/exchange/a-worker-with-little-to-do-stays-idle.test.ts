import test from 'ava';
import { engine, type Report } from '../../support/engine';

const sql = engine();

/** An idle worker, and what its next exchange says of its being idle. */
async function idleWorker(queue: string) {
  const worker = await sql.worker(queue);
  await sql.exchange(worker, { idle: true });
  const isIdle = () => sql.value('select is_idle from ratchet.workers where id = $1', [worker]);
  const kinds = async (report: Report) =>
    (await sql.exchange(worker, report)).map(({ kind }) => kind);
  return { worker, isIdle, kinds };
}

test('one that gets a single thing is notified as before', async (t) => {
  const queue = sql.name();
  const { isIdle, kinds } = await idleWorker(queue);
  await sql.start(queue, sql.name());
  t.deepEqual(await kinds({ idle: true }), ['start', 'idle']);
  t.true(await isIdle());
});

test('one that gets more, or as much as it can take, is not', async (t) => {
  const queue = sql.name();
  const { isIdle, kinds } = await idleWorker(queue);
  await sql.start(queue, sql.name());
  await sql.start(queue, sql.name());
  t.deepEqual(await kinds({ idle: true, turns: 1 }), ['start']);
  t.false(await isIdle());
  t.deepEqual(await kinds({ idle: true }), ['start']);
  t.false(await isIdle());
  t.deepEqual(await kinds({ idle: true }), ['next']);
  await sql.start(queue, sql.name());
  await sql.start(queue, sql.name());
  t.deepEqual(await kinds({ idle: true }), ['start', 'start']);
  t.false(await isIdle());
});

test('it reports steps and an end without looking for more', async (t) => {
  const queue = sql.name();
  const { worker, isIdle, kinds } = await idleWorker(queue);
  const job = await sql.start(queue, sql.name());
  await sql.exchange(worker, { idle: true });
  await sql.start(queue, sql.name());
  const report = { steps: [{ job, position: 1, value: 1 }], ends: [{ job, result: 1 }] };
  t.deepEqual(await kinds({ ...report, idle: null }), []);
  t.true(await isIdle());
  t.is(await sql.value('select status from ratchet.jobs where id = $1', [job]), 0);
  t.deepEqual(await kinds({ idle: true }), ['start', 'idle']);
});

test('what its report makes ready it receives at once', async (t) => {
  const queue = sql.name();
  const { worker } = await idleWorker(queue);
  const job = await sql.start(queue, sql.name());
  await sql.exchange(worker, { idle: true });
  const options = { id: sql.name(), queue };
  const start = { job, position: 1, kind: 'child', name: queue, input: [], options };
  const [child] = await sql.exchange(worker, { plans: [start], idle: null });
  t.is(child?.kind, 'start');
  const ends = [{ job: child?.job_id ?? '', result: 7 }];
  const [result, idle] = await sql.exchange(worker, { ends, idle: null });
  t.like(result, { kind: 'result', job_id: job, position: 1, value: '7' });
  t.is(idle?.kind, 'idle');
});
