import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();
const space = 'hmsh:shop';

const subscribe = (id: string, owner: string, pattern: string | null, isGlob = false) =>
  sql.rows('select ratchet.subscribe($1, $2, $3, $4, $5)', [id, owner, space, pattern, isGlob]);
const broadcast = (topic: string | null, job: string, payload: unknown, at = space) =>
  sql.rows('select ratchet_internal.broadcast($1, $2, $3, null, $4)', [
    ...[at, topic, job],
    JSON.stringify(payload),
  ]);

interface Broadcast {
  id: string;
  subscription: string;
  topic: string | null;
  job: string;
  payload: unknown;
}

const take = (owner: string, seen: string[] = []) =>
  sql.rows<Broadcast>('select * from ratchet.take_broadcasts($1, $2)', [owner, seen]);
const heardBy = async (owner: string) =>
  (await take(owner)).map(({ subscription, payload }) => `${subscription} ${String(payload)}`);

test.serial('a topic, one job of it, and patterns are told apart', async (t) => {
  const owner = sql.name();
  await subscribe('topic', owner, 'order.done');
  await subscribe('job', owner, 'order.done.j1');
  await subscribe('glob', owner, 'order.*', true);
  await subscribe('literal', owner, 'order_done', true);
  await subscribe('star', owner, 'order.*');
  await broadcast('order.done', 'j1', 1);
  await broadcast('order.done', 'j2', 2);
  await broadcast('order.done', 'j1', 3, 'hmsh:other');
  await broadcast('stock.done', 'j1', 4);
  t.deepEqual((await heardBy(owner)).sort(), ['glob 1', 'glob 2', 'job 1', 'topic 1', 'topic 2']);
});

test.serial('what was taken comes again until it is named as seen', async (t) => {
  const owner = sql.name();
  await subscribe(`s-${owner}`, owner, owner);
  await broadcast(owner, 'j', 'first');
  const [first] = await take(owner);
  t.is(first?.payload, 'first');
  await broadcast(owner, 'j', 'second');
  t.deepEqual(await heardBy(owner), [`s-${owner} first`, `s-${owner} second`]);
  t.deepEqual(
    (await take(owner, [first?.id ?? ''])).map(({ payload }) => payload),
    ['second'],
  );
  t.deepEqual(await take('somebody else', [first?.id ?? '']), []);
});

test.serial('the first broadcast of a job goes to the reply it was promised', async (t) => {
  const owner = sql.name();
  await subscribe(`s-${owner}`, owner, null);
  const expect = 'select ratchet_internal.expect_reply($1, $2, $3)';
  await sql.rows(expect, [space, owner, `s-${owner}`]);
  await sql.rows(expect, [space, 'job', 'nobody']);
  await sql.rows('select ratchet.emit($1, $2, $3)', ['shop', owner, '{"topic": 0}']);
  const reply = `select ratchet_internal.broadcast($1, null, $2,
    ratchet_internal.take_reply($1, $2), $3)`;
  await sql.rows(reply, [space, owner, '1']);
  await sql.rows(reply, [space, owner, '2']);
  t.deepEqual(await heardBy(owner), [`s-${owner} 1`]);
});

test.serial('nothing is written where nobody listens, or listens no more', async (t) => {
  const owner = sql.name();
  const count = () => sql.value<number>('select count(*)::int from ratchet_internal.broadcasts');
  const before = await count();
  await broadcast(owner, 'j', 1);
  t.is(await count(), before);
  await subscribe(`s-${owner}`, owner, owner);
  await sql.rows(
    `update ratchet_internal.subscriptions
     set expires_at = ratchet_internal.now() - interval '2 minutes'
     where owner = $1`,
    [owner],
  );
  await broadcast(owner, 'j', 2);
  t.is(await count(), before);
  await subscribe('another', 'another', 'x');
  t.deepEqual(
    await sql.rows('select from ratchet_internal.subscriptions where owner = $1', [owner]),
    [],
  );
});

test.serial('a subscription that ends takes along what it has not taken', async (t) => {
  const owner = sql.name();
  await subscribe(`s-${owner}`, owner, owner);
  await broadcast(owner, 'j', 1);
  await sql.rows('select ratchet.unsubscribe($1)', [[`s-${owner}`, 'unknown']]);
  t.deepEqual(await take(owner), []);
});

test.serial('messages of people go to those who listen to $ and their topic', async (t) => {
  const owner = sql.name();
  await subscribe(`s-${owner}`, owner, '$quorum');
  await subscribe(`all-${owner}`, owner, '*', true);
  await sql.rows(`select ratchet.post('quorum', '{"type": "user"}', 'shop')`);
  const heard = await take(owner);
  t.deepEqual(
    heard.map(({ subscription, payload }) => [subscription, payload]),
    [[`s-${owner}`, { type: 'user' }]],
  );
});

test.serial(
  'a workflow emits to the app called like its namespace, and steers nobody',
  async (t) => {
    const owner = sql.name();
    await subscribe(`s-${owner}`, owner, 'shipped');
    await subscribe(`j-${owner}`, owner, 'shipped.order-1');
    await subscribe(`q-${owner}`, owner, '$quorum');
    const emit = (namespace: string, events: string) =>
      sql.rows('select ratchet.emit($1, $2, $3)', [namespace, 'order-1', events]);
    await emit('shop', '{"shipped": null, "$quorum": {"type": "rollcall"}}');
    await emit('other', '{"shipped": 2}');
    t.deepEqual((await heardBy(owner)).sort(), [`j-${owner} null`, `s-${owner} null`]);
    t.is(await codeOf(emit('shop', '[]')), 'WF104');
    t.is(await codeOf(emit('', '{}')), 'WF101');
  },
);

test.serial('bad names are refused', async (t) => {
  t.is(await codeOf(subscribe('', 'o', 'x')), 'WF101');
  t.is(await codeOf(subscribe('i', 'o', '')), 'WF101');
  t.is(await codeOf(sql.rows(`select ratchet.subscribe('i', 'o', 's', 'x', false, 0)`)), 'WF104');
  t.is(await codeOf(sql.rows(`select ratchet.post('', '1', 'shop')`)), 'WF101');
});
