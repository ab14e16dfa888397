import test from 'ava';
import { engine, exchange } from '../../support/engine';

const sql = engine();

/** Resolves when a call with that text waits for a lock. */
async function blocked(text: string) {
  const isBlocked = () =>
    sql.value<boolean>(
      `select exists (select from pg_stat_activity
        where wait_event_type = 'Lock' and query like $1 and datname = current_database())`,
      [`%${text}%`],
    );
  while (!(await isBlocked()));
}

for (const isAwaited of [false, true]) {
  const who = isAwaited ? 'that another waits for' : 'that nobody waits for';
  test.serial(`a job ${who} starts and ends while the call waits for a lock`, async (t) => {
    const queue = sql.name();
    const [target, rest] = [`${queue}-target`, `${queue}-rest`];
    const [waiter, runner] = [await sql.worker(queue), await sql.worker(target)];
    const job = await sql.start(queue, queue);
    const other = await sql.start(queue, rest);
    await sql.exchange(waiter);
    const plan = (of: string) => ({
      plans: [{ job: of, position: 1, kind: 'await', name: target, options: { id: target } }],
      turns: 0,
    });
    const [user, ender] = [await sql.pool().connect(), await sql.pool().connect()];
    await user.query('begin');
    await user.query('select from ratchet.jobs where id = $1 for update', [job]);
    const planned = sql.exchange(waiter, plan(job));
    await blocked('exchange');
    const awaited = await sql.start(target, target);
    await sql.exchange(runner);
    if (isAwaited) await sql.exchange(waiter, plan(other));
    await ender.query('begin');
    await exchange(ender, runner, { ends: [{ job: awaited, result: 'done' }], idle: false });
    await user.query('commit');
    await sql.rows('select pg_sleep(0.1)');
    await ender.query('commit');
    user.release();
    ender.release();
    const work = [...(await planned), ...(await sql.exchange(waiter))];
    const answers = work.filter(({ kind, job_id }) => kind === 'result' && job_id === job);
    t.deepEqual(
      answers.map(({ value }) => value),
      ['"done"'],
    );
  });
}
