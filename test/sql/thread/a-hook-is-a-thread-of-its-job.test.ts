import test from 'ava';
import { codeOf, engine, type Report } from '../../support/engine';
import { seeded } from '../../support/seed';

const sql = engine();

/** A job whose main function, and a hook, are held by workers of their own. */
async function hooked(options: unknown = null) {
  const queue = sql.name();
  const main = await sql.worker(queue);
  const job = await sql.start(queue, queue, [], options);
  await sql.exchange(main);
  const hooks = `${queue}-hooks`;
  const other = await sql.worker(hooks);
  await hook(queue, hooks);
  const [work] = await sql.exchange(other);
  return { queue, job, main, hooks, other, work, address: 'h1' };
}

function hook(id: string, workflow: string, request: string | null = null) {
  const text = `select ratchet.hook($1, $2, '[1]', p_request_id => $3)`;
  return sql.value<string>(text, [id, workflow, request]);
}

const status = (job: string) => sql.value('select status from ratchet.jobs where id = $1', [job]);

const left = async (job: string) => (await sql.messages(job)).length;

test.serial(
  'its worker gets its own function, arguments and address; the job counts it',
  async (t) => {
    const { queue, hooks, job, work } = await hooked({ retry: { maximumAttempts: 1 } });
    t.like(work, { kind: 'start', job_id: job, address: 'h1', workflow_id: queue, input: [1] });
    t.like(work, { attempt: 0, options: { maximumAttempts: 1 } });
    t.is((work as unknown as { workflow: string }).workflow, hooks);
    t.is(await status(job), 2);
  },
);

test.serial('its end leaves the job running; told twice, nothing changes', async (t) => {
  const { job, other, address } = await hooked();
  const plans = [{ job, address, position: 1, kind: 'sleep', delay: 1_000_000, input: 1 }];
  for (let time = 0; time < 2; time += 1) {
    await sql.exchange(other, { plans, threads: [{ job, address }] });
    t.deepEqual([await status(job), await left(job)], [1, 1]);
  }
});

test.serial('only its holder may end it, run it again, or fail the job', async (t) => {
  const { job, main, address } = await hooked();
  await sql.exchange(main, { threads: [{ job, address }] });
  await sql.exchange(main, { failures: [{ job, address }] });
  await sql.exchange(main, { ends: [{ job, address, error: { message: 'no' } }] });
  await sql.exchange(main, { steps: [{ job, address, position: 1 }] });
  t.deepEqual([await status(job), await left(job)], [2, 2]);
  t.deepEqual(await sql.rows('select from ratchet.history($1)', [[job]]), []);
});

test.serial('a failure runs it again, and when used up it ends the whole job', async (t) => {
  const { job, other, main, address } = await hooked({
    retry: { maximumAttempts: 1, initialInterval: 0 },
  });
  await sql.exchange(other, { failures: [{ job, address }], turns: 0 });
  t.like(await sql.rows('select attempt from ratchet.threads where job_id = $1', [job]), [
    { attempt: 1 },
  ]);
  t.like(await sql.exchange(other), [{ kind: 'turn', address, attempt: 1 }]);
  await sql.exchange(other, { failures: [{ job, address, error: { code: 597 } }] });
  t.deepEqual([await status(job), await left(job)], [0, 0]);
  const told = await sql.exchange(main, { steps: [{ job, position: 1 }] });
  t.like(told, [{ kind: 'lost', job_id: job, address: '' }]);
});

test.serial('when the main function returns it goes, and its holder is told', async (t) => {
  const { job, main, other, address } = await hooked();
  await sql.exchange(main, { ends: [{ job, result: 1 }] });
  t.deepEqual([await status(job), await left(job)], [0, 0]);
  const plans = [{ job, address, position: 1, kind: 'sleep', delay: 1, input: 1 }];
  t.like(await sql.exchange(other, { plans }), [{ kind: 'lost', job_id: job, address }]);
  const evict = 'select * from ratchet.evict($1, $2, $3, $4)';
  t.like(await sql.rows(evict, [other, [job], [0], [address]]), [{ job_id: job, address }]);
});

test.serial('it is evicted, and claimed again with its answer, by its own workers', async (t) => {
  const { job, main, other, address } = await hooked();
  const plans = [{ job, address, position: 1, kind: 'sleep', delay: 1, input: 5 }];
  await sql.exchange(other, { plans });
  const evict = 'select * from ratchet.evict($1, $2, $3, $4)';
  t.deepEqual(await sql.rows(evict, [other, [job], [0], [address]]), [{ job_id: job, address }]);
  await sql.rows('select pg_sleep(0.01)');
  t.deepEqual(await sql.exchange(main), []);
  const again = [...(await sql.exchange(other)), ...(await sql.exchange(other))];
  t.like(again, [{ kind: 'turn', address, input: [1] }]);
  const steps = await sql.rows('select * from ratchet.history($1, $2)', [[job], [address]]);
  t.like(steps, [{ address, position: 1, is_done: true, value: '5' }]);
});

test.serial('a worker that held several threads of one job loses all of them', async (t) => {
  const queue = sql.name();
  const dead = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await hook(queue, queue);
  await hook(queue, queue);
  t.is((await sql.exchange(dead)).length, 3);
  const next = await sql.worker(queue);
  await sql.expire(dead);
  const work = [...(await sql.exchange(next)), ...(await sql.exchange(next))];
  t.deepEqual(work.map(({ kind, address }) => `${kind} ${address}`).sort(), [
    'careful ',
    'careful h1',
    'careful h2',
  ]);
  const held = await sql.rows('select kind, address, input from ratchet.held_work($1)', [next]);
  t.is(held.length, 3);
  t.is(await status(job), 3);
});

test.serial(
  'a hook that kills its worker ten times fails the job; one that waits never does',
  async (t) => {
    const { queue, job, hooks, main } = await hooked();
    const patient = await hooked();
    await sql.exchange(patient.other, {
      plans: [{ job: patient.job, address: 'h1', position: 1, kind: 'wait', name: sql.name() }],
    });
    await sql.expire(patient.other);
    for (let loss = 0; loss < 11; loss += 1) {
      const victims = [await sql.worker(hooks), await sql.worker(patient.hooks)];
      for (const victim of victims) await sql.exchange(victim);
      await sql.rows(`update ratchet_internal.workers set expires_at = '-infinity'
      where id in (select worker_id from ratchet_internal.messages where address = 'h1')`);
      await sql.exchange(main, { turns: 0 });
    }
    t.is(await status(job), 0);
    t.is(await status(patient.job), 2);
    t.like(await sql.rows('select error from ratchet.jobs where key = $1', [queue]), [
      { error: { code: 597 } },
    ]);
  },
);

test.serial('one request starts one hook, however many send it at once', async (t) => {
  const { queue, job } = await hooked();
  const request = '00000000-0000-4000-8000-000000000001';
  const sent = Array.from({ length: 20 }, () => hook(queue, 'other', request));
  t.deepEqual([...new Set(await Promise.all(sent))], [request]);
  t.is(await status(job), 3);
  const many = Array.from({ length: 20 }, () => hook(queue, 'other'));
  t.is(new Set(await Promise.all(many)).size, 20);
  t.is(await status(job), 23);
});

test.serial('a start and the end of the job at the same moment leave nothing behind', async (t) => {
  const random = seeded(t);
  for (let round = 0; round < 25; round += 1) {
    const { queue, job, main, hooks, other } = await hooked();
    const ends: Report[] = [
      { ends: [{ job, result: 1 }] },
      { failures: [{ job, error: {} }], ends: [{ job, error: {} }] },
      { threads: [{ job, address: '', input: [1] }] },
    ];
    await Promise.all([
      hook(queue, hooks),
      sql.exchange(main, ends[random.below(ends.length)] as Report),
      sql.exchange(other, { threads: [{ job, address: 'h1' }] }),
      random.below(3) === 0 ? sql.value('select ratchet.cancel($1)', [queue]) : null,
      random.below(3) === 0
        ? sql.value('select ratchet.terminate($1, p_suppress => true)', [queue])
        : null,
    ]);
    t.deepEqual(await sql.rows('select * from ratchet.check_invariants()'), []);
  }
});

test.serial(
  'an answer to an evicted hook and the end of its job leave nothing behind',
  async (t) => {
    for (let round = 0; round < 25; round += 1) {
      const { job, main, other, address } = await hooked();
      const plans = [{ job, address, position: 1, kind: 'sleep', delay: 0, input: 5 }];
      await sql.exchange(other, { plans, turns: 0 });
      await sql.rows('select ratchet.evict($1, $2, $3, $4)', [other, [job], [0], [address]]);
      await Promise.all([
        sql.exchange(main, { ends: [{ job }] }),
        sql.exchange(other),
        sql.exchange(other, { turns: 0 }),
      ]);
      t.deepEqual([await status(job), await left(job)], [0, 0]);
    }
  },
);

test.serial('jobs that hook, stop and await each other do not deadlock', async (t) => {
  const random = seeded(t);
  const queue = sql.name();
  const names = [1, 2, 3, 4].map((n) => `${queue}-${n}`);
  const worker = await sql.worker(queue);
  for (const name of names) await sql.start(queue, name);
  const jobs = (await sql.exchange(worker)).map((work) => work.job_id);
  let position = 0;
  const plan = (job: string) => {
    const kind = ['hook', 'await', 'hook', 'signal'][random.below(4)] as string;
    const options = { id: names[random.below(4)], queue, suppress: true };
    return { job, position: (position += 1), kind, name: 'w', input: [], options };
  };
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(
      Array.from({ length: 4 }, () => {
        const plans = random.shuffled(jobs).slice(0, 2).map(plan);
        return sql.exchange(worker, { plans, turns: 0 });
      }),
    );
  }
  const stop = (job: string, id: string | undefined) => ({
    ...{ job, position: (position += 1), kind: 'terminate', name: 'w' },
    options: { id, suppress: true },
  });
  await Promise.all(
    jobs.map((job, at) => sql.exchange(worker, { plans: [stop(job, names[3 - at])], turns: 0 })),
  );
  t.pass();
});

const refused: Record<string, [string, unknown[]]> = {
  'no id': ['WF101', [null, 'w', '[]']],
  'no function': ['WF101', ['a', null, '[]']],
  'arguments that are no array': ['WF102', ['a', 'w', '{}']],
  'an empty queue': ['WF101', ['a', 'w', '[]', '']],
  'no namespace': ['WF101', ['a', 'w', '[]', 'q', null]],
  'an option of a start': ['WF104', ['a', 'w', '[]', 'q', 'durable', '{"expire": 1}']],
  'an unknown option': ['WF104', ['a', 'w', '[]', 'q', 'durable', '{"retyr": {}}']],
};

for (const [what, [code, values]] of Object.entries(refused)) {
  test.serial(`hook: ${what} is ${code}`, async (t) => {
    const places = values.map((_, index) => `$${index + 1}`).join(', ');
    t.is(await codeOf(sql.rows(`select ratchet.hook(${places})`, values)), code);
  });
}
