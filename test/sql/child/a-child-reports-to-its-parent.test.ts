import test from 'ava';
import { engine, type Report } from '../../support/engine';

const sql = engine();

async function parentOf(report: (job: string, id: string) => Report) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const work = await sql.exchange(worker, { ...report(job, `${queue}-child`), turns: 0 });
  return { queue, worker, job, id: `${queue}-child`, childQueue: `${queue}-c`, work };
}

const childPlan =
  (kind: string, more: object = {}) =>
  (job: string, id: string): Report => {
    const queue = id.replace(/child$/, 'c');
    const options = { id, queue, ...more };
    return { plans: [{ job, position: 1, kind, name: queue, input: ['arg'], options }] };
  };

async function claimChild(queue: string) {
  const worker = await sql.worker(queue);
  const [work] = await sql.exchange(worker);
  return { worker, job: work?.job_id ?? '', work };
}

test.serial('its result answers the step in the commit that ends it', async (t) => {
  const { queue, worker, job, childQueue } = await parentOf(childPlan('child', { expire: 5.4 }));
  const child = await claimChild(childQueue);
  t.like(child.work, { kind: 'start', input: ['arg'], value: queue, expire_seconds: '5' });
  t.like(await sql.rows('select * from ratchet.jobs where id = $1', [child.job]), [
    { parent_id: job, origin_id: job, is_awaited: true, expire_seconds: '5' },
  ]);
  await sql.exchange(child.worker, { ends: [{ job: child.job, result: { sum: 1 } }] });
  t.like(await sql.exchange(worker), [{ kind: 'result', value: '{"sum":1}', is_failed: false }]);
});

test.serial('its error fails the step; so does its termination', async (t) => {
  for (const stop of ['fail', 'terminate']) {
    const { worker, id, childQueue } = await parentOf(childPlan('child'));
    const child = await claimChild(childQueue);
    if (stop === 'terminate')
      await sql.rows(`select ratchet.terminate($1, p_reason => 'no')`, [id]);
    else {
      await sql.exchange(child.worker, { ends: [{ job: child.job, error: { message: 'no' } }] });
    }
    const [work] = await sql.exchange(worker);
    t.like(work, { kind: 'result', is_failed: true });
    t.is((JSON.parse(work?.value ?? '') as { message: string }).message, 'no');
  }
});

test.serial('its parent may be terminated, evicted or taken over meanwhile', async (t) => {
  for (const fate of ['terminated', 'evicted', 'lost']) {
    const { worker, job, queue, childQueue } = await parentOf(childPlan('child'));
    const child = await claimChild(childQueue);
    if (fate === 'terminated') await sql.rows('select ratchet.terminate($1)', [queue]);
    if (fate === 'evicted') {
      await sql.rows('select * from ratchet.evict($1, $2, $3)', [worker, [job], [0]]);
    }
    if (fate === 'lost') await sql.expire(worker);
    await sql.exchange(child.worker, { ends: [{ job: child.job, result: 1 }] });
    const next = await sql.worker(queue);
    const kinds = (await sql.exchange(next)).map(({ kind }) => kind);
    t.deepEqual(kinds, { terminated: [], evicted: ['turn'], lost: ['careful'] }[fate], fate);
  }
});

test.serial('one that is only started is answered with its id at once', async (t) => {
  const { work, id, childQueue } = await parentOf(childPlan('start'));
  t.like(work, [{ kind: 'result', value: JSON.stringify(id) }]);
  t.like((await claimChild(childQueue)).work, { kind: 'start', workflow_id: id });
});

test.serial('an id that exists fails the step, and so does a bad name', async (t) => {
  for (const kind of ['child', 'start']) {
    await sql.start('w', `taken-${kind}`);
    const { work } = await parentOf(childPlan(kind, { id: `taken-${kind}` }));
    t.like(work, [{ kind: 'result', is_failed: true }]);
    t.like(JSON.parse(work[0]?.value ?? ''), {
      ...{ type: 'DuplicateJobError', message: `Duplicate job: taken-${kind}` },
    });
    for (const bad of [{ id: '' }, { id: null }, { queue: 'a\nb' }, { id: 'x'.repeat(513) }]) {
      const refused = await parentOf(childPlan(kind, bad));
      t.is((JSON.parse(refused.work[0]?.value ?? '') as { type: string }).type, 'InvalidName');
    }
  }
});

test.serial('two steps of one call that start one id: the first has it', async (t) => {
  const { work, childQueue } = await parentOf((job, id) => ({
    plans: [1, 2].map((position) => ({
      ...{ job, position, kind: 'start', name: 'c', options: { id, queue: `${id}-q` } },
    })),
  }));
  t.deepEqual(
    work.map(({ position, is_failed: isFailed }) => [position, isFailed]),
    [
      [1, false],
      [2, true],
    ],
  );
  t.truthy(childQueue);
});

test.serial('a step can wait for a job that runs, has ended, or never was', async (t) => {
  const other = await claimChild((await sql.start('awaited', 'awaited-1'), 'awaited'));
  const wait = (id: string) => (job: string) => ({
    plans: [{ job, position: 1, kind: 'await', options: { id } }],
  });
  const running = await parentOf(wait('awaited-1'));
  t.deepEqual(running.work, []);
  await sql.exchange(other.worker, { ends: [{ job: other.job, result: 'late' }] });
  t.like(await sql.exchange(running.worker), [{ kind: 'result', value: '"late"' }]);
  const ended = await parentOf(wait('awaited-1'));
  t.like(ended.work, [{ kind: 'result', value: '"late"', is_failed: false }]);
  const unknown = await parentOf(wait('never'));
  t.like(unknown.work, [{ kind: 'result', is_failed: true }]);
});

test.serial('a child that ends while its parent begins to wait for it is not missed', async (t) => {
  for (let round = 0; round < 30; round += 1) {
    const queue = sql.name();
    const child = await claimChild((await sql.start(`${queue}-c`, `${queue}-c`), `${queue}-c`));
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    const plans = [{ job, position: 1, kind: 'await', options: { id: `${queue}-c` } }];
    const [first] = await Promise.all([
      sql.exchange(worker, { plans }),
      sql.exchange(child.worker, { ends: [{ job: child.job, result: round }], turns: 0 }),
    ]);
    const work = [...first, ...(await sql.exchange(worker))];
    t.like(work, [{ kind: 'result', value: `${round}` }]);
  }
});

test.serial('two jobs that wait for each other can both be terminated at once', async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const [a, b] = [sql.name(), sql.name()];
    const worker = await sql.worker('mutual');
    const jobs = [await sql.start('mutual', a), await sql.start('mutual', b)];
    await sql.exchange(worker);
    const plans = jobs.map((job, index) => ({
      ...{ job, position: 1, kind: 'await', options: { id: [b, a][index] } },
    }));
    await sql.exchange(worker, { plans });
    await Promise.all([a, b].map((id) => sql.rows('select ratchet.terminate($1)', [id])));
    t.deepEqual(
      await sql.rows('select from ratchet_internal.messages where job_id = any ($1)', [jobs]),
      [],
    );
  }
});
