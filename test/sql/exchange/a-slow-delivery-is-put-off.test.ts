import test from 'ava';
import { engine, exchange } from '../../support/engine';

const sql = engine();

/** A session that looked for new signals slowly and is to look again after so many seconds. */
async function session(t: { teardown: (end: () => void) => void }, seconds: number) {
  const client = await sql.pool().connect();
  t.teardown(() => client.release(true));
  const at = `extract(epoch from ratchet_internal.now())::float8 + ${seconds}`;
  await client.query(`select set_config('ratchet.slow_delivery', (${at})::text, false)`);
  return client;
}

/**
 * A worker whose only job waits for a signal that has been sent. Every exchange delivers for all,
 * so these tests do not run side by side.
 */
async function waiting() {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, sql.name());
  await sql.exchange(worker);
  const key = sql.name();
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: key }] });
  await sql.rows('select ratchet.signal($1, $2)', [key, '1']);
  return worker;
}

const kinds = (work: { kind: string }[]) => work.map(({ kind }) => kind);

test.serial('a session whose looks are slow leaves signals to others for as long', async (t) => {
  const client = await session(t, 30);
  const worker = await waiting();
  const work = await exchange(client, worker, { idle: true });
  t.deepEqual(kinds(work), ['next'], 'nothing yet');
  t.true(Number(work[0]?.value) <= 30_000, 'but it looks again in time');
  t.deepEqual(kinds(await sql.exchange(worker)), ['result'], 'another session looks');
});

test.serial('when the time has come it looks', async (t) => {
  const client = await session(t, -1);
  const worker = await waiting();
  t.deepEqual(kinds(await exchange(client, worker)), ['result']);
});

test.serial('a time that only a clock set back can explain does not count', async (t) => {
  const client = await session(t, 3_600);
  t.deepEqual(kinds(await exchange(client, await waiting())), ['result']);
});
