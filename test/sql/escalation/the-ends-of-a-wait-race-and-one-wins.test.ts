import test, { type ExecutionContext } from 'ava';
import type { PoolClient } from 'pg';
import { engine, exchange, type Plan } from '../../support/engine';
import { seeded } from '../../support/seed';
import { waitFor } from '../../support/wait-for';

// Durable API, section 15.3, atomicity: resolve, cancel, timeout, terminate and a plain signal.

const sql = engine();

interface Answer {
  ok: boolean;
  reason?: string;
}

/** A job whose step 1 waits, with a task. */
async function waiting(plan: Partial<Plan> = {}) {
  const key = sql.name();
  const worker = await sql.worker(key);
  const job = await sql.start(key, key);
  await sql.exchange(worker);
  const options = { role: 'r', metadata: { own: 1 } };
  const plans = [{ job, position: 1, kind: 'wait', name: key, options, ...plan }];
  // Claims nothing and fires nothing: a timeout of 0 is due in the next one.
  const found = await sql.exchange(worker, { plans });
  const id = await sql.value<string>('select id from ratchet.escalations where job_id = $1', [job]);
  return { key, worker, job, id, plans, found };
}

const RESOLVE = 'select ratchet.resolve_escalation($1, $2, $3) as answer';
const task = async (id: string) =>
  (
    await sql.rows(
      'select status, metadata, resolver_payload from ratchet.escalations where id = $1',
      [id],
    )
  )[0];

async function resolve(on: Pick<PoolClient, 'query'>, id: string, by: string): Promise<Answer> {
  const { rows } = await on.query(RESOLVE, [id, JSON.stringify(by), JSON.stringify({ by })]);
  return (rows[0] as { answer: Answer }).answer;
}

async function inTransaction<T>(t: ExecutionContext, run: (client: PoolClient) => Promise<T>) {
  const client = await sql.pool().connect();
  t.teardown(() => client.release());
  await client.query('begin');
  return run(client);
}

const blocked = (count: number) =>
  waitFor(`${count} wait for a lock`, async () => {
    const text = `select count(*)::int from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return (await sql.value<number>(text)) === count;
  });

const MESSAGE =
  'select from ratchet_internal.messages where job_id = $1 and position = 1 for update';

test.serial('15.1 row and wait are one commit; repeated, there is still one row', async (t) => {
  const key = sql.name();
  const worker = await sql.worker(key);
  const job = await sql.start(key, key);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'wait', name: key, options: { role: 'r' } }];
  const find = 'select id from ratchet.escalations where job_id = $1';
  await inTransaction(t, async (client) => {
    await exchange(client, worker, { plans });
    t.is((await sql.rows(find, [job])).length, 0);
    await client.query('rollback');
  });
  t.is((await sql.rows(find, [job])).length, 0);
  await sql.exchange(worker, { plans });
  await sql.exchange(worker, { plans });
  const rows = await sql.rows(find, [job]);
  t.is(rows.length, 1);
  // At its first visible moment, before the worker says anything more.
  t.like(await resolve(sql.pool(), rows[0]?.['id'], 'me'), { ok: true });
  t.like(await sql.exchange(worker, { plans }), [{ kind: 'result', value: '"me"' }]);
});

test.serial('two resolvers: one wins, the other writes nothing', async (t) => {
  const { worker, job, id } = await waiting();
  const answers = await inTransaction(t, async (client) => {
    await client.query(MESSAGE, [job]);
    const both = ['ann', 'bob'].map((by) => resolve(sql.pool(), id, by));
    await blocked(2);
    await client.query('rollback');
    return Promise.all(both);
  });
  const by = answers[0]?.ok === true ? 'ann' : 'bob';
  t.deepEqual(answers.map(({ ok, reason }) => reason ?? ok).sort(), ['already-resolved', true]);
  t.deepEqual(await task(id), {
    ...{ status: 'resolved', metadata: { own: 1, by }, resolver_payload: by },
  });
  t.like(await sql.exchange(worker), [{ kind: 'result', value: JSON.stringify(by) }]);
});

test.serial('a timeout under way: the resolver is too late', async (t) => {
  const { worker, id } = await waiting({ delay: 60_000 });
  await sql.rows(`update ratchet_internal.messages set due_at = 'epoch' where kind = 'wait'`);
  const late = await inTransaction(t, async (client) => {
    t.like(await exchange(client, worker), [{ kind: 'result', is_failed: true }]);
    const pending = resolve(sql.pool(), id, 'ann');
    await blocked(1);
    await client.query('commit');
    return pending;
  });
  t.deepEqual(late, { ok: false, reason: 'already-expired' });
  t.like(await task(id), { status: 'expired', metadata: { own: 1 } });
});

test.serial('a resolver under way: the timeout leaves the wait to it', async (t) => {
  const { worker, id } = await waiting({ delay: 60_000 });
  await sql.rows(`update ratchet_internal.messages set due_at = 'epoch' where kind = 'wait'`);
  await inTransaction(t, async (client) => {
    t.like(await resolve(client, id, 'ann'), { ok: true });
    t.deepEqual(await sql.exchange(worker), []);
    await client.query('commit');
  });
  t.like(await sql.exchange(worker), [{ kind: 'result', value: '"ann"', is_failed: false }]);
});

test.serial('a claim under way holds up no exchange, only its own timeout', async (t) => {
  const { worker, id } = await waiting({ delay: 60_000 });
  await sql.rows(`update ratchet_internal.messages set due_at = 'epoch' where kind = 'wait'`);
  await inTransaction(t, async (client) => {
    await client.query(`select ratchet.claim_escalation($1, 'ann')`, [id]);
    t.deepEqual(await sql.exchange(worker), []);
    await client.query('commit');
  });
  t.like(await sql.exchange(worker), [{ kind: 'result', is_failed: true }]);
  t.like(await task(id), { status: 'expired' });
});

test.serial('terminate and a resolver: whoever is first', async (t) => {
  const first = await waiting();
  const late = await inTransaction(t, async (client) => {
    await client.query('select ratchet.terminate($1)', [first.key]);
    const pending = resolve(sql.pool(), first.id, 'ann');
    await blocked(1);
    await client.query('commit');
    return pending;
  });
  t.deepEqual(late, { ok: false, reason: 'already-cancelled' });
  t.like(await task(first.id), { status: 'cancelled', metadata: { own: 1 } });
  const second = await waiting();
  await inTransaction(t, async (client) => {
    t.like(await resolve(client, second.id, 'ann'), { ok: true });
    const pending = sql.rows('select ratchet.terminate($1)', [second.key]);
    await blocked(1);
    await client.query('commit');
    await pending;
  });
  t.like(await task(second.id), { status: 'resolved' });
  t.is(await sql.value('select status < 0 from ratchet.jobs where id = $1', [second.job]), true);
});

test.serial(
  'a plain signal under way answers the wait; the resolver then ends the task',
  async (t) => {
    const { key, worker, job, id } = await waiting();
    await sql.rows(`select ratchet.signal($1, '"plain"')`, [key]);
    const answer = await inTransaction(t, async (client) => {
      t.like(await exchange(client, worker), [{ kind: 'result', value: '"plain"' }]);
      const pending = resolve(sql.pool(), id, 'ann');
      await blocked(1);
      await client.query('commit');
      return pending;
    });
    t.like(answer, { ok: true });
    t.is(
      await sql.value('select value from ratchet.jobs_attributes where job_id = $1', [job]),
      '"plain"',
    );
    t.is((await sql.rows('select from ratchet_internal.signals where key = $1', [key])).length, 0);
  },
);

test.serial('a resolver under way answers the wait; the signal is kept for the next', async (t) => {
  const { key, worker, id } = await waiting();
  await sql.rows(`select ratchet.signal($1, '"plain"')`, [key]);
  await inTransaction(t, async (client) => {
    await resolve(client, id, 'ann');
    t.deepEqual(await sql.exchange(worker), []);
    await client.query('commit');
  });
  t.like(await sql.exchange(worker), [{ kind: 'result', value: '"ann"' }]);
  t.is((await sql.rows('select from ratchet_internal.signals where key = $1', [key])).length, 1);
});

test.serial(
  'two waits for one key: the second row has none, each is resolved by its id',
  async (t) => {
    const { key, worker, job, id } = await waiting();
    const more = { job, position: 2, kind: 'wait', name: key, options: { type: 'second' } };
    await sql.exchange(worker, { plans: [more] });
    const [second] = await sql.rows(
      'select id, signal_key from ratchet.escalations where job_id = $1 and position = 2',
      [job],
    );
    t.is(second?.['signal_key'], null);
    await resolve(sql.pool(), second?.['id'], 'two');
    await resolve(sql.pool(), id, 'one');
    const answers = await sql.exchange(worker);
    t.deepEqual(
      answers.map(({ position, value }) => [position, value]),
      [
        [2, '"two"'],
        [1, '"one"'],
      ],
    );
  },
);

test.serial('whatever stands in the fields, the step waits', async (t) => {
  const options = {
    ...{ role: 'x'.repeat(3_000), type: { not: 'text' }, priority: 1e300, metadata: [] },
    ...{ expiresAt: 'never', envelope: '\u0000', description: '\ud800', unknown: 1 },
  };
  const { worker, job, id } = await waiting({ options });
  t.like(await task(id), { status: 'pending', metadata: null });
  await resolve(sql.pool(), id, 'ann');
  t.like(await sql.exchange(worker), [{ kind: 'result', job_id: job }]);
});

test.serial('many at once: no deadlock, one end each', async (t) => {
  const random = seeded(t);
  for (let round = 0; round < 15; round += 1) {
    const { key, worker, job, id } = await waiting({ delay: random.below(8) });
    const ends = [
      () => resolve(sql.pool(), id, 'ann'),
      () => resolve(sql.pool(), id, 'bob'),
      () => sql.value('select ratchet.cancel_escalation($1)', [id]),
      () => sql.value('select ratchet.terminate($1, p_suppress => true)', [key]),
      () => sql.value(`select ratchet.signal($1, '"plain"')`, [key]),
      () => sql.value(`select ratchet.claim_escalation($1, 'eve')`, [id]),
      () => sql.exchange(worker),
      () => sql.exchange(worker),
    ];
    const answers = await Promise.all(random.shuffled(ends).map((end) => end()));
    await sql.exchange(worker);
    const won = answers.filter((answer) => (answer as Answer | null)?.ok === true);
    const { status } = (await task(id)) ?? {};
    const closers = won.filter((answer) => !('isExtension' in (answer as object)));
    t.is(closers.length, status === 'resolved' ? 1 : Math.min(closers.length, 1));
    t.not(status, 'pending');
    const stopped = await sql.value('select status < 0 from ratchet.jobs where id = $1', [job]);
    t.true(stopped);
  }
});
