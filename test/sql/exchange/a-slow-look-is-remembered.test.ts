import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { PoolClient } from 'pg';
import { engine, exchange, type WorkRow } from '../../support/engine';
import { pagesOf } from '../../support/page-meter';
import { waitFor } from '../../support/wait-for';

const sql = engine();
const DEAD = 4_000;

async function session(t: { teardown: (end: () => void) => void }): Promise<PoolClient> {
  const client = await sql.pool().connect();
  t.teardown(() => client.release(true));
  return client;
}

const isRemembered = async (client: PoolClient) => {
  const { rows } = await client.query(
    `select current_setting('ratchet.slow_look', true) not in ('', '{}') a`,
  );
  return rows[0].a === true;
};

/** As if the look from the beginning had taken this long, the second in a row. */
const remember = (client: PoolClient, worker: string, took: string, known: string | null = '{}') =>
  client.query(
    `select ratchet_internal.remember_look($1, n, $3, null, null, $2, array(
      select row(namespace, queue, workflow, opens_at, n, null)::ratchet_internal.route_head
      from ratchet_internal.worker_routes where worker_id = $1), null)
    from ratchet_internal.now() n`,
    [worker, took, known],
  );

const started = (work: WorkRow[]) => work.map(({ workflow_id }) => workflow_id);

test('the next looks begin where it came to, until one from the beginning is due', async (t) => {
  const client = await session(t);
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const [old, young] = [sql.name(), sql.name()];
  await sql.start(queue, old);
  await sql.rows(
    `update ratchet_internal.messages set due_at = due_at - interval '1 second' where queue = $1`,
    [queue],
  );
  await remember(client, worker, '1 hour');
  await sql.start(queue, young);
  t.deepEqual(started(await exchange(client, worker)), [young]);
  t.deepEqual(started(await exchange(client, worker)), []);
  t.true(await isRemembered(client));
  await remember(client, worker, '0.1 ms');
  t.deepEqual(started(await exchange(client, worker)), [old], 'another session knew nothing of it');
  t.false(await isRemembered(client), 'a fast look ends it');
});

test('a single slow look is not remembered, for it may have made the plans', async (t) => {
  const client = await session(t);
  const worker = await sql.worker(sql.name());
  await remember(client, worker, '1 hour', null);
  t.false(await isRemembered(client));
});

test('a message that is committed late is found by a safe look', async (t) => {
  const [client, writer] = [await session(t), await session(t)];
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const [late, young] = [sql.name(), sql.name()];
  await writer.query('begin');
  await writer.query('select ratchet.start_workflow($1, $2, $3)', [queue, '[]', late]);
  await remember(client, worker, '2.1 ms');
  await sql.start(queue, young);
  t.deepEqual(started(await exchange(client, worker)), [young]);
  for (let i = 0; i < 4; i += 1) {
    await pause(100);
    t.deepEqual(started(await exchange(client, worker)), []);
  }
  await writer.query('commit');
  await waitFor('the late one is found', async () => {
    return started(await exchange(client, worker)).includes(late);
  });
  t.true(await isRemembered(client), 'it was no look from the very beginning');
});

test('what was committed begins to count as looked at for good', async (t) => {
  const client = await session(t);
  const queue = sql.name();
  const [one, other] = [await sql.worker(queue), await sql.worker(queue)];
  const id = sql.name();
  await remember(client, one, '2.1 ms');
  const begin = new Date();
  const safe = `select count(*)::int as n from jsonb_each(
      current_setting('ratchet.slow_look')::jsonb -> 'since')
    where (value -> 'ready' ->> 1)::timestamptz > $1`;
  const isSettled = async () => (await client.query(safe, [begin])).rows[0].n > 0;
  await waitFor('a safe look moves on', async () => {
    t.deepEqual(await exchange(client, other), [], 'a look counts for every worker of the route');
    return isSettled();
  });
  await sql.start(queue, id);
  t.deepEqual(started(await exchange(client, other)), [id]);
});

test('under an old snapshot a call passes by what was taken only once', async (t) => {
  const [client, holder] = [await session(t), await session(t)];
  const queue = sql.name();
  const worker = await sql.worker(queue);
  await holder.query('begin isolation level repeatable read');
  await holder.query('select from ratchet.jobs');
  const ids = Array.from({ length: DEAD }, () => sql.name());
  const start = 'select ratchet.start_workflows($1, $2, $3)';
  await sql.rows(start, [queue, ids, ids.map(() => '[]')]);
  const work = await exchange(client, worker, { turns: DEAD });
  await exchange(client, worker, { ends: work.map(({ job_id }) => ({ job: job_id })) });
  const claim = () => pagesOf(client, 'select ratchet.exchange($1, 10, 10, false)', [worker]);
  await claim();
  await pause(300); // A quick look begins 200 ms before the last one.
  // A machine under load is slow enough to remember by itself.
  await client.query(`select set_config('ratchet.slow_look', '', false)`);
  const before = await claim();
  await remember(client, worker, '1 hour');
  await claim();
  const after = await claim();
  t.true(after * 4 < before, `${before} → ${after}`);
});
