import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

/** A job that `worker` has claimed. */
async function claimed(queue = sql.name()) {
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  return { queue, worker, job };
}

/** Lets the worker be lost and another one claim; returns that one and what it got. */
async function takeOver(queue: string, worker: string) {
  await sql.expire(worker);
  const next = await sql.worker(queue);
  return { worker: next, work: await sql.exchange(next) };
}

const steps = (job: string) =>
  sql.rows('select field, value, is_failed from ratchet.jobs_attributes where job_id = $1', [job]);

test.serial('its turns come as careful, and say so again to a worker that asks', async (t) => {
  const { queue, worker, job } = await claimed();
  const next = await takeOver(queue, worker);
  t.like(next.work, [{ kind: 'careful', job_id: job }]);
  const held = await sql.rows('select kind, job_id from ratchet.held_work($1)', [next.worker]);
  t.deepEqual(held, [{ kind: 'careful', job_id: job }]);
});

test.serial('its activities are free for others, the claim counted as an attempt', async (t) => {
  const { queue, worker, job } = await claimed();
  const remote = `${queue}-remote`;
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'activity', queue: remote }] });
  const [first, second] = [await sql.worker(remote, null), await sql.worker(remote, null)];
  t.like(await sql.exchange(first), [{ kind: 'activity', attempt: 1 }]);
  await sql.expire(first);
  t.like(await sql.exchange(second), [{ kind: 'activity', attempt: 2 }]);
});

test.serial('an activity that is lost as often as its policy allows fails its step', async (t) => {
  const { queue, worker, job } = await claimed();
  const remote = `${queue}-remote`;
  const options = { maximumAttempts: 1 };
  await sql.exchange(worker, {
    plans: [{ job, position: 1, kind: 'activity', queue: remote, options }],
  });
  for (const attempt of [1, 2]) {
    const one = await sql.worker(remote, null);
    t.like(await sql.exchange(one), [{ kind: 'activity', attempt }]);
    await sql.expire(one);
  }
  const [result] = await sql.exchange(worker);
  t.like(result, { kind: 'result', job_id: job, is_failed: true });
  t.like(JSON.parse(result?.value ?? ''), { code: 597, type: 'DurableMaxedError' });
});

for (const [policy, executions] of [
  [undefined, 5],
  [{ maximumAttempts: 2 }, 5],
  [{ maximumAttempts: 7 }, 7],
] as const) {
  const said = policy === undefined ? 'no policy' : `at most ${policy.maximumAttempts}`;
  test.serial(`an activity of a graph is lost ${executions} times, with ${said}`, async (t) => {
    const app = await graphApp(sql, {
      subscribes: 'work',
      activities: { start: { type: 'trigger' }, work: { type: 'worker', topic: 'work' } },
      transitions: { start: [{ to: 'work' }] },
    });
    const { job_id: job } = await app.publish('work');
    for (let attempt = 1; attempt <= executions; attempt += 1) {
      const one = await app.worker(['work'], { retry: policy });
      t.like(await app.exchange(one), [{ name: 'work', attempt }]);
      await sql.expire(one);
    }
    const last = await app.worker(['work'], { retry: policy });
    t.deepEqual(await app.exchange(last), []);
    await app.run();
    const { status, error } = await app.state(job);
    t.is(status, 0);
    t.regex(String(error?.['message']), new RegExp(`lost .* in attempt ${executions}$`));
  });
}

test.serial('a function lost ten times without a sign of life fails its job', async (t) => {
  const { queue, worker: first, job } = await claimed();
  let worker = first;
  for (let loss = 1; loss < 10; loss += 1) {
    const next = await takeOver(queue, worker);
    t.like(next.work, [{ kind: 'careful', job_id: job }], `loss ${loss}`);
    worker = next.worker;
  }
  t.deepEqual((await takeOver(queue, worker)).work, []);
  t.is(await sql.value('select status from ratchet.jobs where id = $1', [job]), 0);
  t.like(await sql.value('select error from ratchet.jobs where id = $1', [job]), { code: 597 });
});

test.serial('a function that records a step each time is never given up', async (t) => {
  const { queue, worker, job } = await claimed();
  let holder = worker;
  for (let loss = 1; loss < 15; loss += 1) {
    await sql.exchange(holder, { steps: [{ job, position: loss }] });
    const next = await takeOver(queue, holder);
    t.like(next.work, [{ kind: 'careful', job_id: job }]);
    holder = next.worker;
  }
  t.is((await steps(job)).length, 14);
});

test.serial('a function that only waits is never given up, whoever dies with it', async (t) => {
  const { queue, worker, job } = await claimed();
  const plans = [{ job, position: 1, kind: 'wait', name: `${queue}-signal` }];
  await sql.exchange(worker, { plans });
  let holder = worker;
  for (let loss = 1; loss < 15; loss += 1) {
    const next = await takeOver(queue, holder);
    t.like(next.work, [{ kind: 'careful', job_id: job }]);
    holder = next.worker;
  }
  await sql.rows('select ratchet.signal($1, $2)', [`${queue}-signal`, '"go"']);
  t.like(await sql.exchange(holder), [{ kind: 'result', job_id: job, value: '"go"' }]);
});

test.serial(
  'a visible local step of a lost worker is run by whoever serves the queue',
  async (t) => {
    const { queue, worker, job } = await claimed();
    const options = { maximumAttempts: 3 };
    await sql.exchange(worker, {
      plans: [{ job, position: 1, kind: 'activity', queue, held: true, attempt: 1, options }],
    });
    const next = await takeOver(queue, worker);
    t.like(next.work, [{ kind: 'careful', job_id: job }]);
    const runner = await sql.worker(queue, null);
    t.like(await sql.exchange(runner), [{ kind: 'activity', position: 1, attempt: 2 }]);
    const reports = [{ job, position: 1, attempt: 2, value: 'done' }];
    await sql.exchange(runner, { reports });
    t.like(await sql.exchange(next.worker), [{ kind: 'result', position: 1, value: '"done"' }]);
  },
);

test.serial('a takeover does not look at what others hold', async (t) => {
  const { queue, worker, job } = await claimed();
  const other = await claimed();
  await takeOver(queue, worker);
  t.like(await sql.messages(other.job), [{ kind: 'turn', worker_id: other.worker }]);
  t.like(await sql.messages(job), [{ kind: 'turn' }]);
});
