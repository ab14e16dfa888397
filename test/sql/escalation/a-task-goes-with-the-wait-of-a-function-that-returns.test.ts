import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

const wait = (job: string, address: string, position: number) => ({
  ...{ job, address, position, kind: 'wait', name: `${job}${address}${position}` },
  options: { role: 'boss' },
});

/** A job whose main function waits, as its hook does, each with a task. */
async function waiting(options: unknown) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue, [], options);
  await sql.rows(`select ratchet.hook($1, $1, '[]')`, [queue]);
  await sql.exchange(worker);
  const plans = [wait(job, '', 1), wait(job, 'h1', 1), wait(job, '', 2)];
  await sql.exchange(worker, { plans });
  // A signal answers the wait, and leaves its task to people.
  await sql.rows('select ratchet.signal($1)', [`${job}2`]);
  await sql.exchange(worker);
  return { worker, job };
}

async function tasksOf(job: string) {
  const rows = await sql.rows<{ line: string }>(
    `select address || ' ' || position || ' ' || status as line from ratchet.escalations
      where job_id = $1 order by address, position`,
    [job],
  );
  return rows.map(({ line }) => line.trim());
}

test.serial('of an ordinary job all go, those of its hooks included', async (t) => {
  const { worker, job } = await waiting(null);
  await sql.exchange(worker, { ends: [{ job, result: 1 }] });
  t.deepEqual(await tasksOf(job), ['1 cancelled', '2 pending', 'h1 1 cancelled']);
});

test.serial('of a persistent job those of its main function; its hooks go on', async (t) => {
  const { worker, job } = await waiting({ persistent: true });
  const ordinary = await waiting(null);
  t.deepEqual(await tasksOf(job), ['1 pending', '2 pending', 'h1 1 pending']);
  const other = await waiting({ persistent: true });
  await sql.exchange(worker, { ends: [{ job, result: 1 }] });
  t.deepEqual(await tasksOf(job), ['1 cancelled', '2 pending', 'h1 1 pending']);
  t.deepEqual(await tasksOf(other.job), ['1 pending', '2 pending', 'h1 1 pending']);
  const [task] = await sql.rows(
    `select id from ratchet.escalations where job_id = $1 and address = 'h1'`,
    [job],
  );
  await sql.rows('select ratchet.resolve_escalation($1, $2)', [task?.['id'], '"yes"']);
  t.like(await sql.exchange(worker), [{ kind: 'result', address: 'h1', value: '"yes"' }]);
  await sql.exchange(ordinary.worker, { ends: [{ job: ordinary.job, error: { message: 'no' } }] });
  t.deepEqual(await tasksOf(ordinary.job), ['1 cancelled', '2 pending', 'h1 1 cancelled']);
});

test.serial('ended in one call, each loses its own', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const kept = await sql.start(queue, `${queue}-kept`, [], { persistent: true });
  const ended = await sql.start(queue, `${queue}-ended`);
  for (const id of ['kept', 'ended']) {
    await sql.rows(`select ratchet.hook($1, $2, '[]')`, [`${queue}-${id}`, queue]);
  }
  await sql.exchange(worker);
  const plans = [kept, ended].flatMap((job) => [wait(job, '', 1), wait(job, 'h1', 1)]);
  await sql.exchange(worker, { plans });
  await sql.exchange(worker, { ends: [kept, ended].map((job) => ({ job, result: 1 })) });
  t.deepEqual(await tasksOf(kept), ['1 cancelled', 'h1 1 pending']);
  t.deepEqual(await tasksOf(ended), ['1 cancelled', 'h1 1 cancelled']);
});
