import test from 'ava';
import { Client, Pool } from 'pg';
import { Durable } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor } from '../support/wait-for';

const YAML = `
app:
  id: shop
  version: 1
  graphs:
    - subscribes: asked
      expire: 3600
      activities:
        t: { type: trigger, stats: { id: '{$self.input.data.id}' } }
        ask:
          type: hook
          escalation: { role: clerk, metadata: { of: '{$job.metadata.jid}' } }
          job:
            maps: { said: '{$self.hook.data}' }
      transitions: { t: [{ to: ask }] }
      hooks:
        answered:
          - to: ask
            conditions:
              match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }]
`;
const SAID = { word: 'secret', list: [1, { deep: true }] };
const mirror = (text: string) => [...text].reverse().join('');
const { workflow } = Durable;

test.afterEach.always(() => Durable.registerCodec(null));

async function asked(t: Parameters<typeof meshTest>[0]) {
  const lab = await meshTest(t);
  t.teardown(() => Durable.shutdown());
  const mesh = await lab.running(YAML);
  const client = new Durable.Client({ connection: lab.connection });
  const ask = async (id: string) => {
    await mesh.pub('asked', { id });
    return waitFor('the task', async () => {
      return (await client.escalations.list({ workflowId: id, status: 'pending' }))[0];
    });
  };
  const told = (id: string) =>
    waitFor('the end', async () => {
      const { data, metadata } = await mesh.getState('asked', id);
      return metadata.js === 0 ? (data as { said: unknown }).said : undefined;
    });
  const waits = { waits: (key: string) => workflow.condition(key, { role: 'clerk' }) };
  await Durable.Worker.create({ connection: lab.connection, taskQueue: 'q', workflow: waits });
  const wait = async (key: string) => {
    const options = { workflowName: 'waits', taskQueue: 'q', workflowId: key, args: [key] };
    const handle = await client.workflow.start(options);
    const task = await waitFor('the task', async () => {
      return (await client.escalations.list({ workflowId: key, status: 'pending' }))[0];
    });
    return { handle, task };
  };
  Durable.registerCodec({ encode: mirror, decode: mirror });
  return { ...lab, client, escalations: client.escalations, ask, told, wait };
}

test.serial('its graph reads what resolves it, by id or by metadata, with a codec', async (t) => {
  const { escalations, ask, told, connection } = await asked(t);
  const resolverPayload = SAID;
  const { id } = await ask('one');
  const stranger = await escalations.resolve({ id, resolverPayload, assertClaim: 'ann' });
  t.true(stranger.ok);
  t.deepEqual(await told('one'), SAID);
  t.deepEqual((await escalations.get(id))?.resolver_payload, SAID);
  t.deepEqual(await escalations.resolve({ id, resolverPayload }), {
    ...{ ok: false, reason: 'already-resolved' },
  });

  const task = await ask('two');
  const metadata = { seen: true };
  const by = { key: 'of', value: 'two', metadata, resolverPayload };
  const answer = await escalations.resolveByMetadata(by);
  t.true(answer.ok && answer.entry.id === task.id);
  t.deepEqual(answer.ok && answer.entry.metadata, { of: 'two', seen: true });
  t.deepEqual(await told('two'), SAID);
  t.deepEqual(await escalations.resolveByMetadata(by), { ok: false, reason: 'already-resolved' });

  const third = await ask('three');
  const tx = new Client(connection.options);
  await tx.connect();
  await tx.query('begin');
  t.true((await escalations.resolve({ id: third.id, resolverPayload, tx })).ok);
  await tx.query('commit');
  await tx.end();
  t.deepEqual(await told('three'), SAID);
});

test.serial('many are resolved together, each as whoever waits for it reads it', async (t) => {
  const { escalations, ask, told, wait, url } = await asked(t);
  const graphs = [await ask('a'), await ask('b')];
  const { handle, task } = await wait('c');
  const alone = await escalations.create({ role: 'clerk' });
  const ids = [graphs[0]?.id.toUpperCase(), task.id, alone.id, graphs[1]?.id];
  const items = ids.map((id) => ({ id: id ?? '', resolverPayload: SAID }));
  const stranger = await escalations.resolveAllOrNone({ items, assertAssignee: 'ann' });
  const failed = ids.map((id) => ({ id: id?.toLowerCase(), reason: 'assignee-mismatch' }));
  t.deepEqual(stranger as unknown, { ok: false, failed });
  const answer = await escalations.resolveAllOrNone({ items });
  t.deepEqual(answer.ok && answer.entries.map((each) => each.resolver_payload), [
    ...[SAID, SAID, SAID, SAID],
  ]);
  t.deepEqual([await told('a'), await told('b'), await handle.result()], [SAID, SAID, SAID]);
  const pool = new Pool({ connectionString: url });
  const stored = await pool.query<{ id: string }>(
    `select id from ratchet.escalations where resolver_payload::text like '%secret%'`,
  );
  await pool.end();
  t.deepEqual(stored.rows.map(({ id }) => id).sort(), graphs.map(({ id }) => id).sort());
});

test.serial('by metadata, tasks of graphs and of functions are resolved in turn', async (t) => {
  const { escalations, ask, told, wait } = await asked(t);
  const tasks = [await ask('first'), (await wait('second')).task, await ask('third')];
  for (const [priority, { id }] of tasks.entries()) {
    await escalations.update({ id, priority, metadata: { batch: 7 } });
  }
  const by = { key: 'batch', value: 7, resolverPayload: SAID };
  const all = await Promise.all(tasks.map(() => escalations.resolveByMetadata(by)));
  t.deepEqual(all.map((each) => each.ok && each.entry.id).sort(), tasks.map(({ id }) => id).sort());
  t.deepEqual([await told('first'), await told('third')], [SAID, SAID]);
});

test.serial(
  'text that would be taken for an encoded value is refused, and changes nothing',
  async (t) => {
    const { escalations, ask, told } = await asked(t);
    const { id } = await ask('one');
    for (const codec of [{ encode: mirror, decode: mirror }, null]) {
      Durable.registerCodec(codec);
      for (const resolverPayload of ['/b:mine', '/s:mine']) {
        await t.throwsAsync(escalations.resolve({ id, resolverPayload }), { code: 'WF104' });
      }
    }
    t.true((await escalations.resolve({ id, resolverPayload: 'mine /b:' })).ok);
    t.is(await told('one'), 'mine /b:');
  },
);
