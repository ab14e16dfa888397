import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';
import { pagesOf } from '../../support/worklist';

const sql = engine();
const JOBS = 20_000;
const FEW = 100;

/** Jobs that ended long ago, and that nobody asks for. */
const fill = () =>
  sql.rows(
    `insert into ratchet.jobs (key, entity, workflow, queue, status, created_at, updated_at,
      finished_at)
    select 'old-' || i, 'w', 'w', 'q', 0, old.at, old.at, old.at
    from generate_series(1, $1::int) i
    cross join lateral (select ratchet_internal.now() - interval '1 hour' as at) old`,
    [JOBS],
  );

test.serial('a child among many jobs', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const options = { id: `${queue}-c`, queue: 'nobody' };
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'child', name: 'c', options }] });
  const app = await graphApp(
    sql,
    {
      subscribes: 'parent',
      activities: { start: { type: 'trigger' }, call: { type: 'await', topic: 'child' } },
      transitions: { start: [{ to: 'call' }] },
    },
    {
      subscribes: 'child',
      activities: { begin: { type: 'trigger' }, work: { type: 'worker', topic: 'work' } },
      transitions: { begin: [{ to: 'work' }] },
    },
  );
  const { job_id: graph } = await app.publish('parent');
  await fill();
  await sql.rows('analyze ratchet.jobs, ratchet.jobs_attributes, ratchet_internal.messages');
  const table = await sql.value<number>(`select (pg_relation_size('ratchet.jobs') / 8192)::int`);
  t.true(table > 5 * FEW, `${table} pages`);
  const waits = `(select why from ratchet.open_steps where job_id = ${job} and kind = 'child') w`;
  t.deepEqual(await sql.rows(`select * from ${waits}`), [{ why: `waits for job ${options.id}` }]);
  for (const question of [
    waits,
    `(select * from ratchet.open_steps where job_id = ${job}) w`,
    '(select * from ratchet.open_steps) w',
    `ratchet.graph_explain('${graph}', '${app.app}')`,
  ]) {
    await pagesOf(sql, question);
    const pages = await pagesOf(sql, question);
    t.true(pages < FEW, `${question}: ${pages} pages of ${table}`);
  }
});
