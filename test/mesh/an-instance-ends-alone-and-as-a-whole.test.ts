import test from 'ava';
import type { HotMesh } from '../../driver';
import { meshTest } from '../support/mesh';
import { waitFor } from '../support/wait-for';

const TOPICS = ['a', 'b', 'c', 'd'];
const graph = (topic: string) => `
    - subscribes: ${topic}.wanted
      publishes: ${topic}.done
      activities:
        ${topic}_wanted: { type: trigger }
        ${topic}: { type: worker, topic: ${topic}, job: { maps: { by: '{$self.output.data.by}' } } }
      transitions: { ${topic}_wanted: [{ to: ${topic} }] }`;
const YAML = `
app:
  id: shop
  version: 1
  graphs:${TOPICS.map(graph).join('')}`;

const by = (name: string) => async () => ({ data: { by: name } });
const said = async (mesh: HotMesh, topic: string) =>
  (await mesh.pubsub(`${topic}.wanted`, {}, null, 10_000)).data;

test.serial('1: an init that is refused half-way leaves nothing that works or hears', async (t) => {
  const { running, init, pool, connection } = await meshTest(t);
  const mesh = await running(YAML);
  const kept = async () => {
    const texts = ['worker_routes', 'members', 'subscriptions'].map((table) => {
      return `select '${table}' || count(*) from ratchet_internal.${table}`;
    });
    const { rows } = await pool.query({ text: texts.join(' union all '), rowMode: 'array' });
    return rows.flat();
  };
  const before = await kept();
  const workerCredentials = { user: 'nobody_at_all', password: 'wrong' };
  const workers = [
    { topic: 'c', connection, callback: by('nobody') },
    { topic: 'd', connection, callback: by('nobody'), workerCredentials },
  ];
  const events = { publish: () => undefined };
  await t.throwsAsync(init([], { workers, events }), { message: /nobody_at_all/ });
  t.deepEqual(await kept(), before);
  const waiting = said(mesh, 'c');
  await waitFor('the message is there', async () => {
    return (await pool.query(`select from ratchet_internal.messages where queue = 'c'`)).rowCount;
  });
  await init([{ topic: 'c', callback: by('the next') }]);
  t.deepEqual(await waiting, { by: 'the next' });
});

test.serial('1: of two instances of one guid each ends for itself', async (t) => {
  const { running, init, pool } = await meshTest(t);
  const guid = 'one-for-both';
  const b = await running(YAML, [{ topic: 'b', callback: by('b') }], { guid });
  const a = await init([{ topic: 'a', callback: by('a') }], { guid });
  const other = await init([{ topic: 'a', callback: by('the other') }], { guid });
  await a.stop();
  t.deepEqual(await said(b, 'b'), { by: 'b' });
  t.deepEqual(await said(b, 'a'), { by: 'the other' });
  await other.stop();
  t.deepEqual(await said(b, 'b'), { by: 'b' });
  const served = `select queue from ratchet_internal.worker_routes order by queue`;
  t.deepEqual((await pool.query(served)).rows, [{ queue: '$graph' }, { queue: 'b' }]);
});
