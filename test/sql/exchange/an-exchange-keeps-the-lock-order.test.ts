import test from 'ava';
import { codeOf, engine, exchange } from '../../support/engine';
import { seeded } from '../../support/seed';

const sql = engine();

test.serial(
  'batches that end, await and watch the same jobs in any order never deadlock',
  async (t) => {
    const random = seeded(t);
    const queue = sql.name();
    for (let round = 0; round < 15; round += 1) {
      const ids = Array.from({ length: 40 }, (_, index) => `${queue}-${round}-${index}`);
      await sql.rows('select ratchet.start_workflows($1, $2, $3)', [
        ...[queue, ids, ids.map(() => '[]')],
      ]);
      const workers = await Promise.all([sql.worker(queue), sql.worker(queue)]);
      const held = await Promise.all(workers.map((worker) => sql.exchange(worker, { turns: 20 })));
      const batches = held.map((work) => random.shuffled(work));
      const calls = batches.map((work, side) => {
        const others = batches[1 - side] ?? [];
        return exchange(sql.pool(), workers[side] ?? '', {
          ends: work.slice(0, 10).map(({ job_id: job }) => ({ job })),
          plans: work.slice(10).map(({ job_id: job }, at) => ({
            ...{ job, position: 1, kind: 'await', options: { id: others[at]?.workflow_id } },
          })),
          turns: 0,
        });
      });
      const watchers = [1, 2, 3].map(() =>
        sql.rows(`select * from ratchet.watch_jobs('durable', $1)`, [random.shuffled(ids)]),
      );
      const codes = await Promise.all([...calls, ...watchers].map(codeOf));
      t.deepEqual([...new Set(codes)], ['ok']);
      for (const id of ids)
        await sql.rows(`select ratchet.terminate($1, p_suppress => true)`, [id]);
      for (const worker of workers)
        await sql.rows('select ratchet.unregister_worker($1)', [worker]);
    }
  },
);

test.serial('batches that only end jobs never deadlock with those who watch them', async (t) => {
  const random = seeded(t);
  const queue = sql.name();
  const worker = await sql.worker(queue);
  for (let round = 0; round < 15; round += 1) {
    const ids = Array.from({ length: 200 }, (_, index) => `${queue}-${round}-${index}`);
    const start = 'select ratchet.start_workflows($1, $2, $3)';
    await sql.rows(start, [queue, ids, ids.map(() => '[]')]);
    const work = random.shuffled(await sql.exchange(worker, { turns: 200 }));
    const ends = work.map(({ job_id: job }) => ({ job, result: 1 }));
    const watch = `select * from ratchet.watch_jobs('durable', $1)`;
    const codes = await Promise.all(
      [
        sql.exchange(worker, { ends, turns: 0 }),
        ...[1, 2, 3].map(() => sql.rows(watch, [random.shuffled(ids)])),
      ].map(codeOf),
    );
    t.deepEqual([...new Set(codes)], ['ok']);
  }
});

test.serial('bulk starts of the same ids in opposite orders never deadlock', async (t) => {
  for (let round = 0; round < 15; round += 1) {
    const queue = sql.name();
    const ids = Array.from({ length: 300 }, (_, index) => `${queue}-${index}`);
    const counts = await Promise.all(
      [ids, [...ids].reverse()].map((order) =>
        sql.value<string>('select ratchet.start_workflows($1, $2, $3)', [
          ...[queue, order, order.map(() => '[]')],
        ]),
      ),
    );
    t.is(Number(counts[0]) + Number(counts[1]), 300);
  }
});

test.serial(
  'an activity report, a termination and the end of one job never deadlock',
  async (t) => {
    for (let round = 0; round < 40; round += 1) {
      const queue = sql.name();
      const owner = await sql.worker(queue);
      const remote = await sql.worker(`${queue}-remote`, null);
      const job = await sql.start(queue, queue);
      await sql.exchange(owner);
      await sql.exchange(owner, {
        plans: [1, 2].map((position) => ({
          ...{ job, position, kind: 'activity', queue: `${queue}-remote` },
        })),
      });
      const held = await sql.exchange(remote);
      t.is(held.length, 2);
      const reports = held.map(({ position, attempt }) => ({ job, position, attempt, value: 1 }));
      const codes = await Promise.all(
        [
          sql.exchange(remote, { reports: reports.reverse() }),
          sql.exchange(owner, { ends: [{ job, result: 1 }], turns: 0 }),
          sql.rows(`select ratchet.terminate($1, p_suppress => true)`, [queue]),
          sql.rows(`select ratchet.cancel($1)`, [queue]),
        ].map(codeOf),
      );
      t.deepEqual([...new Set(codes)], ['ok']);
      t.deepEqual(await sql.messages(job), []);
    }
  },
);
