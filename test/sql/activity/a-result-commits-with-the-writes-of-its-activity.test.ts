import test from 'ava';
import type { PoolClient } from 'pg';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

async function claimed() {
  const queue = sql.name();
  const owner = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(owner);
  const remote = `${queue}-remote`;
  const options = { initialInterval: 0 };
  await sql.exchange(owner, {
    plans: [{ job, position: 1, kind: 'activity', name: 'a', queue: remote, options }],
  });
  const worker = await sql.worker(remote, null);
  await sql.rows('select * from ratchet.claim_activity($1)', [worker]);
  return { owner, job, worker };
}

const COMMIT = 'select ratchet.commit_activity($1, $2, 1, $3, $4)';

async function inTransaction(run: (client: PoolClient) => Promise<void>, begin = 'begin') {
  const client = await sql.pool().connect();
  try {
    await client.query(begin);
    await run(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

test.serial('committed it answers the step, rolled back nothing has happened', async (t) => {
  const { owner, job, worker } = await claimed();
  await inTransaction(async (client) => {
    await client.query(COMMIT, [worker, job, 1, '"X"']);
  });
  t.deepEqual(await sql.exchange(owner), []);
  await inTransaction(async (client) => {
    await client.query(COMMIT, [worker, job, 1, '"X"']);
    await client.query('commit');
  });
  t.like(await sql.exchange(owner), [{ kind: 'result', value: '"X"', is_failed: false }]);
});

test.serial('a repetition is refused: its writes would be made twice', async (t) => {
  const { job, worker } = await claimed();
  await sql.rows(COMMIT, [worker, job, 1, '"X"']);
  t.is(await codeOf(sql.rows(COMMIT, [worker, job, 1, '"X"'])), 'WF402');
});

test.serial('another attempt, a lost lease and a stopped job are refused', async (t) => {
  const first = await claimed();
  t.is(await codeOf(sql.rows(COMMIT, [first.worker, first.job, 2, null])), 'WF402');
  await sql.expire(first.worker);
  await sql.exchange(first.owner);
  t.is(await codeOf(sql.rows(COMMIT, [first.worker, first.job, 1, null])), 'WF401');
  const second = await claimed();
  const key = await sql.value('select key from ratchet.jobs where id = $1', [second.job]);
  await sql.rows('select ratchet.terminate($1)', [key]);
  t.is(await codeOf(sql.rows(COMMIT, [second.worker, second.job, 1, null])), 'WF402');
  const third = await claimed();
  await inTransaction(async (client) => {
    const call = client.query(COMMIT, [third.worker, third.job, 1, null]);
    t.is(await codeOf(call), 'WF605');
  }, 'begin isolation level repeatable read');
});

test.serial('until its commit nobody takes the step over', async (t) => {
  const { owner, job, worker } = await claimed();
  await inTransaction(async (client) => {
    await client.query(COMMIT, [worker, job, 1, '"X"']);
    await sql.expire(worker);
    // Reaping skips a worker whose call is in flight.
    t.deepEqual(await sql.exchange(owner), []);
    await client.query('commit');
  });
  t.like(await sql.exchange(owner), [{ kind: 'result', value: '"X"' }]);
  t.deepEqual(await sql.messages(job), [
    { position: 0, kind: 'turn', worker_id: owner, attempt: 1, options: null },
  ]);
});
