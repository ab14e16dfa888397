import test from 'ava';
import { engine, type WorkRow } from '../../support/engine';
import { waitFor } from '../../support/wait-for';

const sql = engine();

/** From ten on, threads are looked up together. */
const SIZES = [2, 9, 10, 40];

const statusesOf = (jobs: string[]) =>
  sql.rows<{ id: string; status: number }>(
    'select id, status from ratchet.jobs where id = any ($1) order by id',
    [jobs],
  );

/** Those told to be lost, be it for a step or for an end. */
const lostOf = (work: WorkRow[]) => {
  const lost = work.filter(({ kind }) => kind === 'lost').map((row) => row.job_id);
  return [...new Set(lost)].sort();
};

async function begin(size: number) {
  const queue = sql.name();
  const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
  const jobs: string[] = [];
  for (let i = 0; i < size; i += 1) jobs.push(await sql.start(queue, `${queue}-${i}`));
  return { holder, other, jobs };
}

for (const size of SIZES) {
  test.serial(`of ${size} jobs, one is another worker's and one is stopped`, async (t) => {
    const { holder, other, jobs } = await begin(size + 2);
    const [foreign = ''] = (await sql.exchange(other, { turns: 1 })).map((work) => work.job_id);
    await sql.exchange(holder, { turns: size + 1 });
    const stopped = jobs.find((job) => job !== foreign) ?? '';
    await sql.rows('select ratchet.terminate(key) from ratchet.jobs where id = $1', [stopped]);
    const steps = jobs.flatMap((job) => [1, 2].map((position) => ({ job, position, value: 1 })));
    const ends = jobs.map((job) => ({ job, result: 1 }));
    const work = await sql.exchange(holder, { steps, ends });
    t.deepEqual(lostOf(work), [foreign, stopped].sort());
    const held = jobs.filter((job) => job !== foreign && job !== stopped);
    const recorded = `select job_id, count(*)::int as count from ratchet.jobs_attributes
      where job_id = any ($1) group by 1 order by 1`;
    t.deepEqual(
      await sql.rows(recorded, [jobs]),
      held.map((job_id) => ({ job_id, count: 2 })),
    );
    const status = new Map((await statusesOf(jobs)).map((row) => [row.id, row.status]));
    t.is(status.get(foreign), 1);
    t.true((status.get(stopped) ?? 0) < 0);
    t.true(held.every((job) => status.get(job) === 0));
  });
}

test.serial('an end that does not count is told', async (t) => {
  const { holder, other, jobs } = await begin(5);
  const [foreign = ''] = (await sql.exchange(other, { turns: 1 })).map((work) => work.job_id);
  await sql.exchange(holder, { turns: 4 });
  const [stopped = '', ...held] = jobs.filter((job) => job !== foreign);
  const ends = jobs.map((job) => ({ job, result: 1 }));
  const stopping = await sql.pool().connect();
  await stopping.query('begin');
  const terminate = 'select ratchet.terminate(key) from ratchet.jobs where id = $1';
  await stopping.query(terminate, [stopped]);
  const reported = sql.exchange(holder, { ends });
  const waits = `select from pg_stat_activity where wait_event_type = 'Lock'`;
  await waitFor('the end waits', async () => (await sql.rows(waits)).length > 0);
  await stopping.query('commit');
  stopping.release();
  t.deepEqual(lostOf(await reported), [foreign, stopped].sort());
  t.deepEqual(lostOf(await sql.exchange(holder, { ends })), [...jobs].sort(), 'repeated');
  t.deepEqual(
    (await statusesOf(held)).map(({ status }) => status),
    [0, 0, 0],
  );
});

for (const size of SIZES) {
  test.serial(`arrays of what is usual may be left out, with ${size} jobs`, async (t) => {
    const { holder, jobs } = await begin(size);
    await sql.exchange(holder, { turns: size });
    const ended = jobs.pop() ?? '';
    await sql.exchange(holder, { ends: [{ job: ended, result: 1 }] });
    const text = `select distinct kind, job_id, address from ratchet.exchange($1, 0, 0,
      p_step_jobs => $2, p_step_positions => $3, p_step_names => $4, p_step_values => $5,
      p_end_jobs => $2, p_end_results => $5, p_plan_jobs => $6, p_plan_addresses => '{h7}',
      p_plan_positions => '{1}', p_plan_kinds => '{sleep}', p_plan_names => '{sleep}',
      p_plan_attempts => '{0}')`;
    const all = [...jobs, ended];
    const values = [
      all,
      all.map(() => 1),
      all.map(() => 'greet'),
      all.map(() => '"hello"'),
      [ended],
    ];
    const lost = { kind: 'lost', job_id: ended };
    t.deepEqual(await sql.rows(`${text} order by address`, [holder, ...values]), [
      { ...lost, address: '' },
      { ...lost, address: 'h7' },
    ]);
    const steps = `select address, kind, field, is_failed, value from ratchet.jobs_attributes
      where job_id = any ($1)`;
    const step = { address: '', kind: 'activity', field: '00001 greet', is_failed: false };
    t.deepEqual(
      await sql.rows(steps, [all]),
      jobs.map(() => ({ ...step, value: '"hello"' })),
    );
    t.true((await statusesOf(all)).every(({ status }) => status === 0));
  });
}
