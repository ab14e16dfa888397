import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function waiting(id: string) {
  return workflow.condition(id);
}

async function twice(id: string) {
  return [await workflow.waitFor(id), await workflow.waitFor(id)];
}

async function limited(id: string) {
  return workflow.condition(id, '50ms');
}

async function looking(id: string) {
  const look = () => workflow.condition<string>(id, '0s');
  const task = await workflow.condition<string>(id, { timeout: 0 });
  return [task, await look(), await look()];
}

async function sender(id: string) {
  void workflow.signal(id, { from: workflow.workflowInfo().workflowId });
  return 'gone';
}

async function selfish(id: string) {
  await workflow.signal(id, 'mine');
  return workflow.condition(id);
}

test.serial('a signal before the wait is kept for it; payloads are any JSON', async (t) => {
  const { connection, client } = await durableTest(t);
  const payloads = [null, 'text', 0, [1, { a: '\u0000\ud800' }], { big: 'x'.repeat(300_000) }];
  for (const [index, payload] of payloads.entries()) {
    await client.workflow.signal(`early-${index}`, payload);
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  for (const [index, payload] of payloads.entries()) {
    const handle = await client.workflow.start(waiting, {
      taskQueue: 'q',
      args: [`early-${index}`],
    });
    t.deepEqual(await handle.result(), payload);
  }
});

test.serial('11.2: a wait without any time takes the signal that is there', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: looking });
  for (const payload of ['first', 'second']) await client.workflow.signal('there', payload);
  const handle = await client.workflow.start(looking, { taskQueue: 'q', args: ['there'] });
  t.deepEqual(await handle.result(), ['first', 'second', false]);
});

test.serial('each wait takes one signal, in the order they were sent', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: twice });
  const handle = await client.workflow.start(twice, { taskQueue: 'q', args: ['s'] });
  await handle.signal('s', 1);
  await handle.signal('s', 2);
  await handle.signal('s', 3);
  t.deepEqual(await handle.result(), [1, 2]);
});

test.serial('the oldest wait is served first', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  const waits = async (count: number) => {
    for (let seen = -1; seen < count;) {
      const sql = `select count(*)::int as count
        from ratchet_internal.messages where kind = 'wait'`;
      seen = (await pool.query(sql)).rows[0].count;
    }
  };
  const first = await client.workflow.start(waiting, { taskQueue: 'q', args: ['k'] });
  await waits(1);
  const second = await client.workflow.start(waiting, { taskQueue: 'q', args: ['k'] });
  await waits(2);
  await client.workflow.signal('k', 'a');
  t.is(await first.result(), 'a');
  await client.workflow.signal('k', 'b');
  t.is(await second.result(), 'b');
});

test.serial('a wait that times out gives false, and a signal for nobody is no error', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: limited });
  const handle = await client.workflow.start(limited, { taskQueue: 'q', args: ['l'] });
  t.is(await handle.result(), false);
  await t.notThrowsAsync(handle.signal('l', 1));
});

test.serial('a workflow signals another, unawaited, and itself', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sender });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: selfish });
  const target = await client.workflow.start(waiting, { taskQueue: 'q', args: ['x'] });
  const source = { taskQueue: 'q', args: ['x'] as [string], workflowId: 'source' };
  t.is(await (await client.workflow.start(sender, source)).result(), 'gone');
  t.deepEqual(await target.result(), { from: 'source' });
  const self = await client.workflow.start(selfish, { taskQueue: 'q', args: ['y'] });
  t.is(await self.result(), 'mine');
});

test.serial('a repeated signal with the same id is one signal', async (t) => {
  const { connection, client } = await durableTest(t);
  const options = { dedupId: 'once' };
  const send = () => client.workflow.signal('d', 1, undefined, options);
  const numbers = await Promise.all([send(), send(), send()]);
  t.is(new Set(numbers).size, 1);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  const first = await client.workflow.start(waiting, { taskQueue: 'q', args: ['d'] });
  t.is(await first.result(), 1);
  t.is(await send(), numbers[0]);
});

test.serial('4.3, 5.6, 10.3: an early signal is kept as long as its sender says', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  async function sending() {
    await workflow.signal('inside', 1, '30 days');
    await workflow.signal('inside, number', 1, 90);
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sending });
  const handle = await client.workflow.start(sending, { taskQueue: 'q' });
  await handle.result();
  await client.workflow.signal('default', 1);
  await client.workflow.signal('text', 1, undefined, '1h');
  await client.workflow.signal('number', 1, undefined, 90);
  await client.workflow.signal('part', 1, undefined, { expire: 1.001 });
  await handle.signal('handle', 1, '2 minutes');
  const kept = `select key, extract(epoch from expires_at - sent_at)::float8 as seconds
    from ratchet_internal.signals order by id`;
  const rows = (await pool.query<{ key: string; seconds: number }>(kept)).rows;
  t.deepEqual(Object.fromEntries(rows.map(({ key, seconds }) => [key, seconds])), {
    ...{ inside: 30 * 86_400, 'inside, number': 90, default: 600, text: 3_600 },
    ...{ number: 90, part: 1.001, handle: 120 },
  });
  await client.workflow.signal('gone', 'too early', undefined, 0);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: limited });
  const late = await client.workflow.start(limited, { taskQueue: 'q', args: ['gone'] });
  t.is(await late.result(), false);
});

test.serial(
  '11.1, 11.2, 11.8: a signal to a finished job is kept for who waits next',
  async (t) => {
    const { connection, client, pool } = await durableTest(t);
    for (const run of [waiting, sender]) {
      await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
    }
    const options = { taskQueue: 'q', workflowId: 'over', args: ['used'] as [string] };
    const over = await client.workflow.start(waiting, options);
    await over.signal('used', 1);
    t.is(await over.result(), 1);
    t.is(typeof (await over.signal('used', 'again')), 'string');
    t.is(
      typeof (await client.workflow.getHandle('x', 'x', 'unknown').signal('used', 'last')),
      'string',
    );
    t.deepEqual([await over.result(), await over.status()], [1, 0]);
    const next = async (workflowId: string) =>
      (await client.workflow.start(waiting, { ...options, workflowId })).result();
    t.deepEqual([await next('second'), await next('third')], ['again', 'last']);
    t.is(
      (await pool.query('select from ratchet_internal.signals where not is_consumed')).rowCount,
      0,
    );
    t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
  },
);

test.serial('11.2, 11.6: an early signal that has expired reaches nobody, and goes', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  await client.workflow.signal('e', 'of ten minutes');
  await client.workflow.signal('e', 'of an hour', undefined, '1h');
  // As if eleven minutes had passed.
  await pool.query(`update ratchet_internal.signals set sent_at = sent_at - interval '11 minutes',
    expires_at = expires_at - interval '11 minutes'`);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: limited });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  const first = await client.workflow.start(waiting, { taskQueue: 'q', args: ['e'] });
  t.is(await first.result(), 'of an hour');
  const second = await client.workflow.start(limited, { taskQueue: 'q', args: ['e'] });
  t.is(await second.result(), false);
  await pool.query('select ratchet.prune()');
  t.is(
    (await pool.query('select from ratchet_internal.signals where not is_consumed')).rowCount,
    0,
  );
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});

test.serial('11.7: whichever of a signal and a timeout loses leaves nothing', async (t) => {
  const { connection, client, pool } = await durableTest(t);
  async function armed(id: string) {
    return [await workflow.condition(id, '1 hour'), await workflow.condition('next', null)];
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: armed });
  const handle = await client.workflow.start(armed, { taskQueue: 'q', args: ['a'] });
  await handle.signal('a', 'in time');
  const open = `select key from ratchet_internal.messages where kind <> 'turn'`;
  await waitFor('the next wait', async () => {
    const { rows } = await pool.query<{ key: string }>(open);
    return rows.length === 1 && rows[0]?.key === 'next';
  });
  await handle.signal('next', 'too');
  t.deepEqual(await handle.result(), ['in time', 'too']);
  t.is((await pool.query('select from ratchet_internal.messages')).rowCount, 0);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
