import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

/** A finished job that ended `ago`. */
async function finished(ago: string, options: object | null = null) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue, [], options);
  await sql.exchange(worker);
  const steps = [{ job, position: 1, value: 1 }];
  await sql.exchange(worker, { steps, ends: [{ job, result: 1 }] });
  const past = 'finished_at = finished_at - $2::interval';
  await sql.rows(`update ratchet.jobs set ${past} where id = $1`, [job, ago]);
  return job;
}

const prune = (age = '7 days', batch = 10_000) =>
  sql.value<string>('select ratchet.prune($1, $2)', [age, batch]);
/** Until it begins anew. */
async function sweep(age = '7 days') {
  while ((await sql.value('select job_id from ratchet_internal.sweep')) !== '0') await prune(age);
  await prune(age);
}
const isKept = async (job: string) =>
  (await sql.rows('select from ratchet.jobs where id = $1', [job])).length === 1;

test.serial('after its own expiry, or the default; never within a minute', async (t) => {
  const kept = [
    await finished('0'),
    await finished('50 seconds', { expire: 0 }),
    await finished('6 days'),
    await finished('20 days', { expire: 30 * 86_400 }),
    await finished('200 years', { expire: 1e13 }),
    await sql.start('never-run', 'running'),
  ];
  const gone = [
    await finished('2 minutes', { expire: 0 }),
    await finished('8 days'),
    await finished('2 hours', { expire: 3600 }),
  ];
  await sweep();
  for (const job of kept) t.true(await isKept(job), `${kept.indexOf(job)}`);
  for (const job of gone) t.false(await isKept(job));
  const orphans = 'select from ratchet.jobs_attributes where job_id = any ($1)';
  t.is((await sql.rows(orphans, [gone])).length, 0);
  await sweep('0');
  t.true(await isKept(kept[0] ?? ''), 'it ended less than a minute ago');
  t.false(await isKept(kept[2] ?? ''));
});

test.serial('in batches, one call at a time, skipping what others hold', async (t) => {
  await sweep('0');
  const jobs = [await finished('8 days'), await finished('8 days'), await finished('8 days')];
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query('select from ratchet.jobs where id = $1 for key share', [jobs[1]]);
  await sweep();
  t.deepEqual(await Promise.all(jobs.map(isKept)), [false, true, false]);
  await client.query('select ratchet.prune()');
  t.is(await prune(), '0', 'another one is at work');
  await client.query('rollback');
  client.release();
  for (let call = 0; call < 20; call += 1) await prune('7 days', 1);
  t.false(await isKept(jobs[1] ?? ''));
});

test.serial('expired signals go too, and their dedup ids may be used again', async (t) => {
  const send = `select ratchet.signal('old', p_dedup_id => 'once', p_expire => $1)`;
  const first = await sql.value(send, ['0']);
  await prune();
  t.not(await sql.value(send, ['1 hour']), first);
  await prune();
  t.is(await sql.value(`select count(*)::int from ratchet_internal.signals`), 1);
});

test.serial('an age or a batch that cannot be is refused', async (t) => {
  for (const age of [null, '-1 day', '301 years']) {
    t.is(await codeOf(sql.rows('select ratchet.prune($1)', [age])), 'WF103');
  }
  for (const batch of [null, 0, -1]) {
    t.is(await codeOf(sql.rows(`select ratchet.prune('1 day', $1)`, [batch])), 'WF104');
  }
});
