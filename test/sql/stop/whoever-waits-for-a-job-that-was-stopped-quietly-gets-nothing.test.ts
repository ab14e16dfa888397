import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

/** A job that waits for another which runs: both are held by the worker. */
async function waitingForOne() {
  const queue = sql.name();
  const id = `${queue}-target`;
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  const target = await sql.start(queue, id);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'await', options: { id } }];
  await sql.exchange(worker, { plans });
  return { worker, id, target };
}

test.serial(
  'stopped with throw false, its error is there to read, and nobody gets it',
  async (t) => {
    const { worker, id, target } = await waitingForOne();
    await sql.rows(`select ratchet.terminate($1, p_options => '{"throw": false}')`, [id]);
    const [answer] = await sql.exchange(worker);
    t.like(answer, { kind: 'result', value: null, is_failed: false });
    for (const call of ['ratchet.result($1)', 'ratchet.await_result($1)']) {
      t.is(await sql.value(`select ${call}`, [id]), null, call);
    }
    t.like(await sql.rows(`select * from ratchet.watch_jobs('durable', $1)`, [[id]]), [
      { workflow_id: id, result: null, error: null },
    ]);
    const error = { message: `job [${id}] interrupted`, code: 410, job_id: id, stack: '' };
    t.deepEqual(await sql.value('select error from ratchet.jobs where id = $1', [target]), error);
    const { status, events } = await sql.value('select ratchet.export_execution($1)', [id]);
    t.is(status, 'failed');
    t.deepEqual(events.at(-1).attributes.failure, error);
    const late = await waitingForOne();
    const plans = [{ job: late.target, position: 1, kind: 'await', options: { id } }];
    const [known] = await sql.exchange(late.worker, { plans });
    t.like(known, { kind: 'result', value: null, is_failed: false });
  },
);

test.serial('a reserved id that is stopped with throw false is one of them', async (t) => {
  const id = sql.name();
  await sql.start(id, id, [], { pending: 60 });
  await sql.rows(`select ratchet.terminate($1, p_options => '{"throw": false}')`, [id]);
  t.is(await sql.value('select ratchet.result($1)', [id]), null);
});

test.serial('an error of a function says nothing of it, whatever is in it', async (t) => {
  const { worker, id, target } = await waitingForOne();
  const error = { message: 'loud', isSilent: true };
  const [answer] = await sql.exchange(worker, { ends: [{ job: target, error }] });
  t.like(answer, { kind: 'result', value: JSON.stringify(error), is_failed: true });
  t.is(await codeOf(sql.rows('select ratchet.result($1)', [id])), 'WF304');
});
