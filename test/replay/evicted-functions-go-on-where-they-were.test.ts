import test from 'ava';
import { openBench } from '../support/bench';
import { waitFor, within } from '../support/wait-for';

const JOBS = 200;
const CACHE = 5;

const HELD = `select count(*)::int as n from ratchet_internal.messages
  where kind = 'turn' and worker_id is not null`;
const WAITING = `select count(*)::int as n from ratchet_internal.messages where kind = 'wait'`;

test.serial('200 waiting functions share a cache of 5, and all of them end', async (t) => {
  const bench = await openBench(t);
  const count = async (sql: string) =>
    (await bench.pool.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
  const worker = await bench.worker({ leaseSeconds: 60, pollMs: 200, cacheSize: CACHE });
  await worker.serve('work', ['parked']);
  const ids = Array.from({ length: JOBS }, (_, index) => `job-${index}`);
  const handles = await Promise.all(ids.map((id) => bench.start('parked', id, 'work')));
  await waitFor('all wait', async () => (await count(WAITING)) === JOBS);
  await waitFor('the cache is within its bound', async () => (await count(HELD)) <= CACHE);
  await Promise.all(ids.map((id, index) => bench.client.workflow.signal(`${id}-go`, index)));
  const results = await within(
    'all results',
    Promise.all(handles.map((handle) => handle.result())),
  );
  // 'before' and 'after' have 6 and 5 letters, and the job began with 1.
  t.deepEqual(
    results,
    ids.map((_id, index) => 7 + index + 5),
  );
  t.is(bench.effects().length, 2 * JOBS);
});

test.serial('what was terminated leaves the cache', async (t) => {
  const bench = await openBench(t);
  const count = async (sql: string) =>
    (await bench.pool.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
  const worker = await bench.worker({ leaseSeconds: 60, pollMs: 200, cacheSize: CACHE });
  await worker.serve('work', ['parked']);
  const first = await Promise.all(
    Array.from({ length: CACHE }, (_, index) => bench.start('parked', `old-${index}`, 'work')),
  );
  await waitFor('all wait', async () => (await count(WAITING)) === CACHE);
  for (const handle of first) await handle.terminate();
  // These take the room of those that are gone.
  for (let index = 0; index < 4 * CACHE; index += 1) {
    await bench.start('parked', `new-${index}`, 'work');
  }
  await waitFor('all wait', async () => (await count(WAITING)) === 4 * CACHE);
  await waitFor('the cache is within its bound', async () => (await count(HELD)) <= CACHE);
  t.pass();
});
