import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

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
