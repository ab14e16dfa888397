import test from 'ava';
import type { PoolClient } from 'pg';
import { engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';
import { waitFor } from '../../support/wait-for';

const sql = engine();

/** A hook that waits for a signal, a thousand seconds at most, and what tells who resumed it. */
async function racing() {
  const app = await graphApp(sql, {
    subscribes: 'race',
    expire: 900,
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      hold: { type: 'hook', sleep: 1000 },
      each: { type: 'hook', job: { maps: { pending: '{hold.hook.data.by}' } } },
      after: {
        type: 'hook',
        job: { maps: { by: '{hold.hook.data.by}', at: '{hold.hook.data.timestamp}' } },
      },
    },
    transitions: {
      start: [{ to: 'hold' }],
      hold: [
        { to: 'each', conditions: { code: 202 } },
        { to: 'after', conditions: { code: 200 } },
      ],
    },
    hooks: { go: byJob('hold') },
  });
  const worker = await app.worker([]);
  return {
    ...app,
    /** What a worker does when the time of the hook has come. */
    timer: (client: PoolClient) =>
      client.query(
        `select ratchet_internal.fire_due($1, n, (ratchet_internal.look($1, n)).heads)
          from (select ratchet_internal.now() + interval '1 hour' as n) later`,
        [worker],
      ),
    /** What an engine does when a signal was sent. */
    matching: (client: PoolClient) => client.query('select ratchet.run_graphs($1)', [app.app]),
    send: (id: string, status?: string) => app.signal('go', { id, by: 'signal' }, status ?? null),
    /** All that is stored of a job, to see that nothing changes. */
    stored: (id: string) =>
      sql.rows(
        `select to_json(j) as job,
            (select json_agg(a order by a.address, a.position) from ratchet.jobs_attributes a
              where a.job_id = j.id) as attributes,
            (select json_agg(m order by m.address, m.position) from ratchet_internal.messages m
              where m.job_id = j.id) as messages
          from ratchet.jobs j where j.key = $1 and j.namespace = $2`,
        [id, app.space],
      ),
  };
}

type Racing = Awaited<ReturnType<typeof racing>>;
type Side = 'signal' | 'timer';

async function sessions(count: number) {
  const clients = await Promise.all(Array.from({ length: count }, () => sql.pool().connect()));
  return { clients, end: () => clients.forEach((client) => client.release()) };
}

const act = (app: Racing, side: Side, client: PoolClient) =>
  side === 'timer' ? app.timer(client) : app.matching(client);

/** Who resumed the hook, from what the job has written. */
async function winnerOf(app: Racing, id: string): Promise<Side | 'nobody' | 'both'> {
  const { data } = await app.state(id);
  if (data === null) return 'nobody';
  if (data['by'] !== undefined && data['at'] !== undefined) return 'both';
  return data['by'] === 'signal' ? 'signal' : 'timer';
}

/** A job that waits, and two sessions: the early one has acted, and has not committed. */
async function begun(first: 'signal' | 'timer') {
  const app = await racing();
  const { clients, end } = await sessions(2);
  const [early, late] = clients as [PoolClient, PoolClient];
  await app.publish('race', { id: 'r' });
  if (first === 'signal') await app.send('r');
  await early.query('begin');
  await act(app, first, early);
  return { app, early, late, end };
}

const ENDED = ['after,0,0,0', 'hold,0,0', 'start,0'];

for (const first of ['signal', 'timer'] as const) {
  const second = first === 'signal' ? 'timer' : 'signal';

  test.serial(`4.4: the ${first} comes first: the ${second} changes nothing`, async (t) => {
    const { app, early, late, end } = await begun(first);
    // The other must neither wait for it nor act.
    if (second === 'signal') await app.send('r');
    const before = await app.stored('r');
    await act(app, second, late);
    t.deepEqual(await app.stored('r'), before);
    await early.query('commit');
    t.is(await winnerOf(app, 'r'), first);
    const after = await app.stored('r');
    for (const side of [second, first, second] as const) await act(app, side, late);
    t.deepEqual(await app.stored('r'), after);
    t.deepEqual(await app.history('r'), ENDED);
    t.like(await app.state('r'), { status: 0, error: null });
    end();
  });

  test.serial(`4.4: the ${first} comes first and is taken back: the ${second} wins`, async (t) => {
    const { app, early, late, end } = await begun(first);
    await act(app, second, late);
    await early.query('rollback');
    t.is(await winnerOf(app, 'r'), 'nobody');
    if (second === 'timer') {
      await app.timer(late);
    } else {
      await app.send('r');
      await app.matching(late);
    }
    t.is(await winnerOf(app, 'r'), second);
    await act(app, first, early);
    t.deepEqual(await app.history('r'), ENDED);
    end();
  });
}

test.serial('4.4: both at once: exactly one wins', async (t) => {
  const app = await racing();
  const { clients, end } = await sessions(3);
  const [gate, one, other] = clients as [PoolClient, PoolClient, PoolClient];
  const waiting = `select count(*)::int from pg_locks where locktype = 'advisory' and not granted`;
  for (let round = 0; round < 12; round += 1) {
    const id = `r${round}`;
    await app.publish('race', { id });
    await app.send(id);
    await gate.query('select pg_advisory_lock(7)');
    const started = ([one, other] as const).map(async (client, at) => {
      await client.query('select pg_advisory_lock_shared(7)');
      await act(app, at === round % 2 ? 'timer' : 'signal', client);
      await client.query('select pg_advisory_unlock_shared(7)');
    });
    await waitFor('both stand at the gate', async () => (await sql.value(waiting)) === 2);
    await gate.query('select pg_advisory_unlock(7)');
    await Promise.all(started);
    // Each may have skipped what the other had in hand, so somebody looks again.
    await app.matching(gate);
    await app.timer(gate);
    t.regex(await winnerOf(app, id), /^(signal|timer)$/);
    t.deepEqual(await app.history(id), ENDED);
    t.is((await app.state(id)).status, 0);
  }
  end();
});

test.serial('4.4: a pending signal leaves the time of the hook as it was', async (t) => {
  const app = await racing();
  const { clients, end } = await sessions(1);
  const [client] = clients as [PoolClient];
  await app.publish('race', { id: 'p' });
  const due = `select due_at::text from ratchet_internal.messages m join ratchet.jobs j
    on j.id = m.job_id where j.key = 'p' and j.namespace = $1`;
  const before = await sql.value<string>(due, [app.space]);
  await app.send('p', 'pending');
  await app.matching(client);
  t.like(await app.state('p'), { status: 1, data: { pending: 'signal' } });
  t.is(await sql.value(due, [app.space]), before);
  await app.timer(client);
  await app.send('p');
  await app.matching(client);
  t.is(await winnerOf(app, 'p'), 'timer');
  t.deepEqual(await app.history('p'), [
    ...['after,0,1,0', 'each,0,0,0', 'hold,0,0', 'hold,0,1', 'start,0'],
  ]);
  end();
});
