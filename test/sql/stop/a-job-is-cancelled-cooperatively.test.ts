import test from 'ava';
import { engine, exchange } from '../../support/engine';

const sql = engine();
const slow = { retry: { initialInterval: 3_600_000, maximumAttempts: 9 } };
const cancel = (id: string) => sql.value<boolean>('select ratchet.cancel($1)', [id]);

test.serial('the worker that holds it is told once, whichever worker passes it on', async (t) => {
  const queue = sql.name();
  const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
  const job = await sql.start(queue, queue);
  await sql.exchange(holder);
  t.true(await cancel(queue));
  t.true(await cancel(queue));
  t.deepEqual(await sql.exchange(other), []);
  t.like(await sql.exchange(holder), [{ kind: 'cancel', job_id: job }]);
  t.deepEqual(await sql.exchange(holder), []);
});

test.serial('a job that nobody has claimed comes as cancelled', async (t) => {
  const queue = sql.name();
  await sql.start(queue, queue);
  t.true(await cancel(queue));
  const worker = await sql.worker(queue);
  t.like(await sql.exchange(worker), [{ kind: 'start', is_cancelled: true }]);
  t.deepEqual(await sql.exchange(worker), []);
});

test.serial('a job that nobody holds is claimed for it', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'sleep' }] });
  await sql.rows('select * from ratchet.evict($1, $2, $3)', [worker, [job], [0]]);
  t.true(await cancel(queue));
  t.like(await sql.exchange(worker), [{ kind: 'turn', job_id: job, is_cancelled: true }]);
});

test.serial('what is finished or unknown is left alone', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { ends: [{ job, result: 1 }] });
  t.false(await cancel(queue));
  t.false(await cancel('unknown'));
});

test.serial(
  'cancel and claim at the same moment: the worker knows, by one way or the other',
  async (t) => {
    for (let round = 0; round < 40; round += 1) {
      const queue = sql.name();
      const worker = await sql.worker(queue);
      await sql.start(queue, queue);
      const [work] = await Promise.all([sql.exchange(worker), cancel(queue)]);
      const more = await sql.exchange(worker);
      const isTold = [...work, ...more].some((item) => item.is_cancelled || item.kind === 'cancel');
      t.true(isTold);
    }
  },
);

test.serial(
  'a claim that is being committed hears of it, though another worker looks',
  async (t) => {
    const queue = sql.name();
    const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
    const job = await sql.start(queue, queue);
    const claim = await sql.pool().connect();
    await claim.query('begin');
    t.like(await exchange(claim, holder), [{ kind: 'start', is_cancelled: false }]);
    t.true(await cancel(queue));
    t.deepEqual(await sql.exchange(other), []);
    await claim.query('commit');
    claim.release();
    await sql.exchange(other);
    t.like(await sql.exchange(holder), [{ kind: 'cancel', job_id: job }]);
  },
);

for (const isTold of [false, true]) {
  const when = isTold ? 'has heard of it' : 'is asked';
  test.serial(`a run that fails when it ${when} is tried again at once, once`, async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue, [], slow);
    await sql.exchange(worker);
    t.true(await cancel(queue));
    if (isTold) t.like(await sql.exchange(worker), [{ kind: 'cancel' }]);
    const fail = () => sql.exchange(worker, { failures: [{ job }], turns: 0 });
    await fail();
    t.like(await sql.exchange(worker), [{ kind: 'turn', is_cancelled: true }]);
    t.deepEqual(
      (await sql.messages(job)).map(({ position }) => position),
      [0],
    );
    await fail();
    t.deepEqual(await sql.exchange(worker), []);
  });
}

test.serial('so is a hook, unless it is part of a clean-up', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  await sql.start(queue, queue, [], slow);
  await sql.exchange(worker);
  const addresses: string[] = [];
  for (const isShielded of [false, true]) {
    await sql.rows('select ratchet.hook($1, $2)', [queue, queue]);
    const [hook] = await sql.exchange(worker);
    addresses.push(hook?.address ?? '');
    await sql.rows('update ratchet.threads set is_shielded = $2 where address = $1', [
      hook?.address,
      isShielded,
    ]);
  }
  t.true(await cancel(queue));
  t.is((await sql.exchange(worker)).length, 2, 'the main function and one hook hear of it');
  const job = await sql.value<string>('select id from ratchet.jobs where key = $1', [queue]);
  const failures = addresses.map((address) => ({ job, address }));
  await sql.exchange(worker, { failures, turns: 0 });
  const due = await sql.rows(
    `select address from ratchet_internal.messages
      where worker_id is null and position = 0 and due_at <= ratchet_internal.now()`,
  );
  t.deepEqual(due, [{ address: addresses[0] }]);
});

test.serial('cancel and end at the same moment leave nothing behind', async (t) => {
  for (let round = 0; round < 40; round += 1) {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    await Promise.all([sql.exchange(worker, { ends: [{ job, result: 1 }] }), cancel(queue)]);
    t.deepEqual(await sql.messages(job), []);
  }
});

test.serial('what a cancellation has rejected is disarmed, and nothing else', async (t) => {
  const queue = sql.name();
  const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
  const job = await sql.start(queue, queue);
  const far = await sql.start(queue, `${queue}-far`);
  t.is((await sql.exchange(holder)).length, 2);
  const plans = (of: string) => [
    {
      job: of,
      position: 1,
      kind: 'wait',
      name: `${queue}-${of}`,
    },
    { job: of, position: 2, kind: 'activity', queue: 'nobody' },
    { job: of, position: 3, kind: 'sleep' },
    { job: of, position: 4, kind: 'sleep' },
  ];
  await sql.exchange(holder, { plans: [...plans(job), ...plans(far)], turns: 0 });
  const cancelled = { address: '#cancel', position: 1, kind: 'cancel' };
  const steps = [{ job, ...cancelled, input: [1, 2, 3, 9] }];
  const open = async (of: string) => (await sql.messages(of)).map(({ position }) => position);
  await sql.exchange(other, { steps, turns: 0 });
  t.deepEqual(await open(job), [0, 1, 2, 3, 4], 'a worker that does not hold it changes nothing');
  for (let time = 0; time < 2; time += 1) await sql.exchange(holder, { steps, turns: 0 });
  t.deepEqual(await open(job), [0, 4]);
  t.deepEqual(await open(far), [0, 1, 2, 3, 4]);
  await sql.rows('select ratchet.signal($1, $2)', [`${queue}-${job}`, '1']);
  await sql.exchange(holder, { turns: 0 });
  t.is(await sql.value('select count(*)::int from ratchet_internal.signals'), 1, 'it has no taker');
});
