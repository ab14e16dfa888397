import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

async function claimed() {
  const queue = sql.name();
  const worker = await sql.worker(queue, queue);
  await sql.rows('select ratchet.add_routes($1, $2)', [worker, JSON.stringify([{ queue }])]);
  const job = await sql.start(queue, queue, ['first']);
  await sql.exchange(worker);
  return { queue, worker, job };
}

const next = (job: string, address = '', input: unknown[] = ['next']) => ({
  threads: [{ job, address, input }],
});

test.serial('in one commit: the next is claimed as new, under the next address', async (t) => {
  const { worker, job } = await claimed();
  await sql.exchange(worker, { steps: [{ job, position: 1, value: 1 }] });
  const work = await sql.exchange(worker, next(job));
  t.like(work, [{ kind: 'start', address: '$1', input: ['next'], attempt: 0 }]);
  const again = await sql.exchange(worker, next(job, '$1', ['third']));
  t.like(again, [{ kind: 'start', address: '$2', input: ['third'] }]);
  t.deepEqual(await sql.rows('select from ratchet.history($1, $2)', [[job], ['$2']]), []);
  t.is((await sql.rows('select from ratchet.history($1, $2)', [[job], ['']])).length, 1);
});

test.serial('told twice, or by who does not hold it, it is done once', async (t) => {
  const { queue, worker, job } = await claimed();
  const other = await sql.worker(queue);
  await sql.exchange(other, next(job));
  for (let time = 0; time < 3; time += 1) await sql.exchange(worker, { ...next(job), turns: 0 });
  t.is(await sql.value('select generation from ratchet.jobs where id = $1', [job]), 1);
  t.is((await sql.messages(job)).length, 1);
});

test.serial(
  'a late report of the generation before does not answer the same place in the next',
  async (t) => {
    const { queue, worker, job } = await claimed();
    const plans = [{ job, position: 1, kind: 'activity', queue, held: true, attempt: 1 }];
    await sql.exchange(worker, { plans });
    await sql.exchange(worker, next(job));
    const later = { ...plans[0], address: '$1' };
    await sql.exchange(worker, { plans: [later as (typeof plans)[number]] });
    await sql.exchange(worker, { reports: [{ job, position: 1, attempt: 1, value: 'late' }] });
    const [step] = await sql.rows('select * from ratchet.history($1, $2)', [[job], ['$1']]);
    t.like(step, { is_done: false, value: null });
    const report = { job, address: '$1', position: 1, attempt: 1, value: 'right' };
    t.like(await sql.exchange(worker, { reports: [report] }), [
      { kind: 'result', value: '"right"' },
    ]);
  },
);

test.serial('signals, children and timers of the generation before find nothing', async (t) => {
  const { queue, worker, job } = await claimed();
  const child = { id: `${queue}-child`, queue: 'nobody' };
  await sql.exchange(worker, {
    plans: [
      { job, position: 1, kind: 'wait', name: queue },
      { job, position: 2, kind: 'child', name: 'w', input: [], options: child },
      { job, position: 3, kind: 'sleep', delay: 0, input: 1 },
    ],
    turns: 0,
  });
  await sql.exchange(worker, next(job));
  await sql.rows('select ratchet.signal($1)', [queue]);
  await sql.rows('select ratchet.terminate($1)', [child.id]);
  t.deepEqual(await sql.exchange(worker), []);
  t.is((await sql.messages(job)).length, 1);
  const kept = 'select count(*)::int from ratchet_internal.signals where key = $1';
  t.is(await sql.value(kept, [queue]), 1);
});

test.serial(
  'a cancellation at the same moment reaches the next, one way or the other',
  async (t) => {
    for (let round = 0; round < 20; round += 1) {
      const { queue, worker, job } = await claimed();
      await Promise.all([
        sql.exchange(worker, { ...next(job), turns: 0 }),
        sql.value('select ratchet.cancel($1)', [queue]),
      ]);
      t.deepEqual(await sql.rows('select * from ratchet.check_invariants()'), []);
      const work = [...(await sql.exchange(worker)), ...(await sql.exchange(worker))];
      t.true(work.some(({ kind, is_cancelled }) => kind === 'start' && is_cancelled));
    }
  },
);

test.serial('a signal at the same moment is kept for the next, or consumed before', async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const { queue, worker, job } = await claimed();
    await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: queue }] });
    await sql.rows('select ratchet.signal($1)', [queue]);
    const other = await sql.worker(`${queue}-other`);
    await Promise.all([sql.exchange(worker, { ...next(job), turns: 0 }), sql.exchange(other)]);
    t.is((await sql.messages(job)).length, 1);
  }
});

test.serial('lost with its worker, it is run again from its own history', async (t) => {
  const { queue, worker, job } = await claimed();
  await sql.exchange(worker, next(job));
  await sql.exchange(worker, { steps: [{ job, address: '$1', position: 1, value: 1 }] });
  await sql.expire(worker);
  const successor = await sql.worker(queue);
  const work = [...(await sql.exchange(successor)), ...(await sql.exchange(successor))];
  t.like(work, [{ kind: 'careful', address: '$1', input: ['next'] }]);
  await sql.exchange(successor, { ends: [{ job, address: '', result: 'old' }] });
  t.is(await sql.value('select status from ratchet.jobs where id = $1', [job]), 1);
  await sql.exchange(successor, { ends: [{ job, address: '$1', result: 'new' }] });
  t.is(await sql.value('select ratchet.result($1)', [queue]), 'new');
});
