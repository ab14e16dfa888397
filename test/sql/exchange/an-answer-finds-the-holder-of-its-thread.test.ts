import test from 'ava';
import { engine, exchange } from '../../support/engine';
import { waitFor } from '../../support/wait-for';

const sql = engine();

/** A job held by `owner` that waits for an activity, which `remote` has claimed. */
async function waiting() {
  const queue = sql.name();
  const owner = await sql.worker(queue);
  const remote = await sql.worker(`${queue}-remote`, null);
  const job = await sql.start(queue, queue);
  await sql.exchange(owner);
  const plans = [{ job, position: 1, kind: 'activity', queue: `${queue}-remote` }];
  await sql.exchange(owner, { plans });
  const [activity] = await sql.exchange(remote);
  const reports = [{ job, position: 1, attempt: activity?.attempt ?? 0, value: 'answer' }];
  return { queue, owner, remote, job, reports };
}

test.serial('it goes to the worker that holds it', async (t) => {
  const { owner, remote, job, reports } = await waiting();
  await sql.exchange(remote, { reports });
  t.like(await sql.exchange(owner), [{ kind: 'result', job_id: job, value: '"answer"' }]);
});

test.serial(
  'a report that commits while its holder is taken over is not left with the dead',
  async (t) => {
    const { queue, owner, remote, job, reports } = await waiting();
    const [reporter, reaper] = [await sql.pool().connect(), await sql.pool().connect()];
    const survivor = await sql.worker(queue);
    await sql.expire(owner);
    // The report is under way when the holder is taken over, and commits after that.
    await reporter.query('begin');
    await exchange(reporter, remote, { reports, activities: 0 });
    const overtaken = exchange(reaper, survivor, { turns: 0 });
    await Promise.race([overtaken, sql.rows('select pg_sleep(0.2)')]);
    await reporter.query('commit');
    await overtaken;
    reporter.release();
    reaper.release();
    const work = await waitFor('the survivor has it', async () => {
      const found = await sql.exchange(survivor);
      return found.length > 0 ? found : undefined;
    });
    t.like(work, [{ job_id: job }]);
    t.is(
      await sql.value(`select value from ratchet.jobs_attributes where job_id = $1`, [job]),
      '"answer"',
    );
  },
);

test.serial(
  'a report that begins while the holder is being taken over finds another worker',
  async (t) => {
    const { queue, owner, remote, job, reports } = await waiting();
    const survivor = await sql.worker(queue);
    await sql.expire(owner);
    const reaper = await sql.pool().connect();
    await reaper.query('begin');
    await exchange(reaper, survivor, { turns: 0 });
    await sql.exchange(remote, { reports, activities: 0 });
    await reaper.query('commit');
    reaper.release();
    t.like(await sql.exchange(survivor), [{ kind: 'careful', job_id: job }]);
    t.is((await sql.messages(job)).length, 1);
  },
);

test.serial(
  'a report that commits while its thread is given back makes it a turn again',
  async (t) => {
    const { owner, remote, job, reports } = await waiting();
    const reporter = await sql.pool().connect();
    await reporter.query('begin');
    await exchange(reporter, remote, { reports, activities: 0 });
    await reporter.query('savepoint before_commit');
    const evicted = sql.rows('select * from ratchet.evict($1, $2, $3)', [owner, [job], [0]]);
    await sql.rows('select pg_sleep(0.1)');
    await reporter.query('commit');
    reporter.release();
    await evicted;
    const work = await sql.exchange(owner);
    t.is(work.length, 1);
    t.is(work[0]?.job_id, job);
  },
);

test.serial('an answer of a job that was terminated meanwhile makes no turn', async (t) => {
  for (let round = 0; round < 30; round += 1) {
    const { queue, owner, remote, job, reports } = await waiting();
    await sql.rows('select * from ratchet.evict($1, $2, $3)', [owner, [job], [0]]);
    await sql.exchange(remote, { reports, activities: 0 });
    await Promise.all([
      sql.exchange(owner, { turns: round % 2 }),
      sql.rows('select ratchet.terminate($1)', [queue]),
    ]);
    t.deepEqual(await sql.messages(job), []);
  }
});
