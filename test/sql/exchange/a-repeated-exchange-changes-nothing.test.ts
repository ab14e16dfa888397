import test from 'ava';
import { engine, type Report } from '../../support/engine';

const sql = engine();

const state = (job: string) =>
  sql.rows(
    `select 'job' as part, to_jsonb(j) - 'id' as row from ratchet.jobs j where id = $1
    union all select 'step', to_jsonb(a) from ratchet.jobs_attributes a where job_id = $1
    union all select 'message', to_jsonb(m) - case kind when 'wait' then 'attempt' else '' end
      from ratchet_internal.messages m where job_id = $1
    order by 1, 2`,
    [job],
  );

const shapes: Record<string, (job: string) => Report> = {
  'a step': (job) => ({ steps: [{ job, position: 1, value: { a: 1 } }] }),
  'two steps and the end': (job) => ({
    steps: [
      { job, position: 1, value: 1 },
      { job, position: 2, value: 2 },
    ],
    ends: [{ job, result: 'done' }],
  }),
  'a sleep': (job) => ({ plans: [{ job, position: 1, kind: 'sleep', delay: 60_000 }] }),
  'a wait': (job) => ({ plans: [{ job, position: 1, kind: 'wait', name: 'never' }] }),
  'an activity elsewhere': (job) => ({
    plans: [{ job, position: 1, kind: 'activity', queue: 'elsewhere' }],
  }),
  'a visible local step': (job) => ({
    plans: [{ job, position: 1, kind: 'activity', queue: 'here', held: true, attempt: 1 }],
  }),
  'a failed local step': (job) => ({
    plans: [{ job, position: 1, kind: 'activity', queue: 'here', failed: true, attempt: 1 }],
  }),
  'a child': (job) => ({
    plans: [
      { job, position: 1, kind: 'child', name: 'c', options: { id: `child-${job}`, queue: 'c' } },
    ],
  }),
  'a started child': (job) => ({
    plans: [
      { job, position: 1, kind: 'start', name: 'c', options: { id: `start-${job}`, queue: 'c' } },
    ],
  }),
  'a signal': (job) => ({ plans: [{ job, position: 1, kind: 'signal', name: 'x', input: 1 }] }),
  'an end with an error': (job) => ({ ends: [{ job, error: { message: 'no' } }] }),
  'a failure': (job) => ({ failures: [{ job }] }),
  'a blocked run': (job) => ({ failures: [{ job, blocked: true }] }),
};

for (const [title, report] of Object.entries(shapes)) {
  test.serial(`${title}: reported twice, recorded once`, async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    t.like(await sql.exchange(worker), [{ kind: 'start', job_id: job }]);
    await sql.exchange(worker, { ...report(job), turns: 0 });
    const first = await state(job);
    await sql.exchange(worker, { ...report(job), turns: 0 });
    t.deepEqual(await state(job), first);
    t.is(
      await sql.value(`select count(*)::int from ratchet.jobs where parent_id = $1`, [job]),
      title.includes('child') ? 1 : 0,
    );
    t.true(
      (await sql.value<number>(`select count(*)::int from ratchet_internal.signals
      where key = 'x'`)) <= 1,
    );
  });
}

test.serial('a job that ended in the first call is told to be lost in the second', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const report: Report = { steps: [{ job, position: 1 }], ends: [{ job }] };
  t.deepEqual(await sql.exchange(worker, report), []);
  t.like(await sql.exchange(worker, report), [{ kind: 'lost', job_id: job }]);
});
