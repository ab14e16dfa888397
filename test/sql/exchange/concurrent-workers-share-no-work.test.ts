import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

test.serial('ten workers at once claim each of 500 new jobs exactly once', async (t) => {
  const queue = sql.name();
  const ids = Array.from({ length: 500 }, (_, index) => `${queue}-${index}`);
  const start = 'select ratchet.start_workflows($1, $2, $3)';
  await sql.rows(start, [queue, ids, ids.map(() => '[]')]);
  const workers = await Promise.all(Array.from({ length: 10 }, () => sql.worker(queue)));
  const claimed: string[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      for (;;) {
        const work = await sql.exchange(worker, { turns: 7 });
        if (work.length === 0) return;
        claimed.push(...work.map((item) => item.workflow_id));
      }
    }),
  );
  t.deepEqual(claimed.sort(), [...ids].sort());
});

test.serial('ten workers at once claim each of 200 activities exactly once', async (t) => {
  const queue = sql.name();
  const owner = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(owner);
  const remote = `${queue}-remote`;
  const plans = Array.from({ length: 200 }, (_, index) => ({
    ...{ job, position: index + 1, kind: 'activity', queue: remote },
  }));
  await sql.exchange(owner, { plans });
  const workers = await Promise.all(Array.from({ length: 10 }, () => sql.worker(remote, null)));
  const claimed: number[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      for (;;) {
        const work = await sql.rows('select * from ratchet.claim_activity($1)', [worker]);
        if (work.length === 0) return;
        claimed.push(...work.map((item) => item['position'] as number));
      }
    }),
  );
  t.deepEqual(
    claimed.sort((a, b) => a - b),
    plans.map(({ position }) => position),
  );
});
