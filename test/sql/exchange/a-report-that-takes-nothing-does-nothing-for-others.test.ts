import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

test('what a lost worker held is freed by the next exchange that takes work', async (t) => {
  const [queue, other] = [sql.name(), sql.name()];
  const [worker, lost] = [await sql.worker(queue), await sql.worker(other)];
  const job = await sql.start(queue, sql.name());
  await sql.exchange(worker, { idle: true });
  const held = await sql.start(other, sql.name());
  await sql.exchange(lost);
  await sql.rows(
    `update ratchet_internal.workers set expires_at = expires_at - interval '1 hour' where id = $1`,
    [lost],
  );
  const holder = () =>
    sql.value('select worker_id from ratchet_internal.messages where job_id = $1', [held]);
  await sql.exchange(worker, { steps: [{ job, position: 1, value: 1 }], idle: null });
  t.is(await holder(), lost);
  await sql.exchange(worker, { ends: [{ job, result: 1 }], idle: null });
  t.is(await holder(), lost);
  await sql.exchange(worker);
  t.is(await holder(), null);
});
