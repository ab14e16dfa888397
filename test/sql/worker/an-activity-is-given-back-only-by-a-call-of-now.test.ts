import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

/** An activity that a worker holds, in its first attempt. */
async function held() {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const remote = await sql.worker(`${queue}-remote`, null);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const plan = { job, position: 1, kind: 'activity', queue: `${queue}-remote` };
  await sql.exchange(worker, { plans: [plan], turns: 0, activities: 0 });
  await sql.exchange(remote);
  return { queue: `${queue}-remote`, remote, job };
}

const putBack = (worker: string, job: string, epoch: number) =>
  codeOf(
    sql.rows('select ratchet.put_back($1, $2, 1, 1, p_epoch => $3, p_delay_ms => 0)', [
      ...[worker, job, epoch],
    ]),
  );

const holder = async (job: string) =>
  (await sql.messages(job)).find(({ kind }) => kind === 'activity')?.['worker_id'] as string | null;

test.serial('a call from before the worker asked what it holds is late', async (t) => {
  const { remote, job } = await held();
  await sql.rows('select * from ratchet.held_work($1, 1)', [remote]);
  t.is(await putBack(remote, job, 0), 'WF404');
  t.is(await holder(job), remote, 'it may be running there');
});

test.serial('a call of now gives it back, and its claim was no attempt', async (t) => {
  const { queue, remote, job } = await held();
  await sql.rows('select * from ratchet.held_work($1, 1)', [remote]);
  t.is(await putBack(remote, job, 1), 'ok');
  t.is(await holder(job), null);
  const other = await sql.worker(queue, null);
  t.like(await sql.exchange(other), [{ kind: 'activity', job_id: job, attempt: 1 }]);
});
