import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

/** A job with a step, search attributes and a hook, whose time is over as soon as it has ended. */
async function over(namespace = 'durable') {
  const id = sql.name();
  const worker = await sql.value<string>('select ratchet.register_worker($1, $2)', [
    ...['test', JSON.stringify([{ queue: id, workflow: id, namespace }])],
  ]);
  const options = JSON.stringify({ expire: 0, search: { data: { a: 'b' } } });
  const start = `select ratchet.start_workflow($1, '[]', $1, $1, $2, $3)`;
  await sql.rows(start, [id, namespace, options]);
  await sql.rows(`select ratchet.hook($1, $1, '[]', $1, $2)`, [id, namespace]);
  const [work] = await sql.exchange(worker);
  const job = work?.job_id ?? '';
  await sql.exchange(worker, {
    steps: [{ job, position: 1, value: 1 }],
    ends: [{ job, result: 1 }],
  });
  return { id, job };
}

async function leftOf(job: string) {
  const rows = await sql.rows<{ found: string }>(
    `select 'job' as found from ratchet.jobs where id = $1
    union all select 'step' from ratchet.jobs_attributes where job_id = $1
    union all select 'hook' from ratchet.threads where job_id = $1
    union all select 'message' from ratchet_internal.messages where job_id = $1`,
    [job],
  );
  return rows.map(({ found }) => found);
}

const flush = (id: string) => sql.value<boolean>('select ratchet.flush($1)', [id]);

test.serial('flush', async (t) => {
  const { id, job } = await over();
  t.deepEqual((await leftOf(job)).sort(), ['hook', 'job', 'step', 'step']);
  t.true(await flush(id));
  t.deepEqual(await leftOf(job), []);
  t.false(await flush(id));
});

test.serial('flush leaves what has not ended: it runs, or is reserved', async (t) => {
  const running = await sql.start(sql.name(), 'running');
  t.false(await flush('running'));
  t.deepEqual(await leftOf(running), ['job', 'message']);
  const queue = sql.name();
  const reserved = await sql.start(queue, 'reserved', [], { pending: 60 });
  t.false(await flush('reserved'));
  t.deepEqual(await leftOf(reserved), ['job']);
  t.is(await sql.start(queue, 'reserved'), reserved, 'it is started under its number');
});

test.serial('scrub', async (t) => {
  const app = sql.name();
  const { id, job } = await over(`hmsh:${app}`);
  t.true(await sql.value<boolean>('select ratchet.scrub($1, $2)', [id, app]));
  t.deepEqual(await leftOf(job), []);
});

test.serial('a publish that takes the id of a job whose time is over', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'run',
    activities: { start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } } },
  });
  const { id, job } = await over(app.space);
  t.is((await app.publish('run', { id })).job_id, id);
  t.deepEqual(await leftOf(job), []);
});

test.serial('a start that takes the id of a job whose time is over', async (t) => {
  const { id, job } = await over();
  await sql.start(id, id);
  t.deepEqual(await leftOf(job), []);
});

test.serial('prune, and prune_jobs', async (t) => {
  const [one, two] = [await over(), await over()];
  await sql.rows(
    `update ratchet.jobs set finished_at = finished_at - interval '2 minutes'
      where id = any ($1)`,
    [[one.job, two.job]],
  );
  await sql.rows('select from ratchet.prune_jobs($1, p_after => $2, p_batch => 1)', [
    ...[['durable'], String(BigInt(one.job) - 1n)],
  ]);
  t.deepEqual(await leftOf(one.job), []);
  t.not((await leftOf(two.job)).length, 0);
  await sql.rows('select ratchet.prune()');
  t.deepEqual(await leftOf(two.job), []);
});
