import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();
const register = (name: unknown, routes: unknown, lease: unknown = 30) =>
  sql.value<string>('select ratchet.register_worker($1, $2, $3)', [name, routes, lease]);

test.serial('routes are added once, and shown', async (t) => {
  const queue = sql.name();
  const worker = await register('host 1', JSON.stringify([{ queue, workflow: 'flow' }]));
  const more = JSON.stringify([{ queue }, { queue, workflow: 'flow', namespace: 'other' }]);
  await sql.rows('select ratchet.add_routes($1, $2)', [worker, more]);
  await sql.rows('select ratchet.add_routes($1, $2)', [worker, more]);
  t.like(await sql.rows('select * from ratchet.workers where id = $1', [worker]), [
    {
      ...{ name: 'host 1', is_idle: false, turns: '0', activities: '0' },
      serves: [`durable ${queue}`, `durable ${queue} flow`, `other ${queue} flow`],
    },
  ]);
});

test.serial('a route that is given twice is served once, under the last policy', async (t) => {
  const queue = sql.name();
  const retry = (maximumAttempts: number) => ({ queue, retry: { maximumAttempts } });
  const routes = JSON.stringify([{ queue }, retry(2), retry(3), { queue }]);
  const worker = await register('host 1', routes);
  const served = 'select queue, retry from ratchet_internal.worker_routes where worker_id = $1';
  t.like(await sql.rows(served, [worker]), [{ queue, retry: { maximumAttempts: 3 } }]);
  t.is((await sql.rows(served, [worker])).length, 1);
});

const refused: [title: string, code: string, name: unknown, routes: unknown, lease?: unknown][] = [
  ['no name', 'WF101', null, '[]'],
  ['an empty name', 'WF101', '', '[]'],
  ['no routes', 'WF104', 'w', null],
  ['routes that are no array', 'WF104', 'w', '{}'],
  ['a route that is no object', 'WF104', 'w', '[1]'],
  ['a route without a queue', 'WF101', 'w', '[{"workflow":"w"}]'],
  ['an empty namespace', 'WF101', 'w', '[{"queue":"q","namespace":""}]'],
  ['an empty workflow', 'WF101', 'w', '[{"queue":"q","workflow":""}]'],
  ['a queue with U+0000', 'WF105', 'w', '[{"queue":"q\\u0000"}]'],
  ['half of a surrogate pair', 'WF105', 'w', '[{"queue":"q\\ud800"}]'],
  ['a long queue', 'WF101', 'w', JSON.stringify([{ queue: 'q'.repeat(513) }])],
  ['no lease', 'WF104', 'w', '[]', null],
  ['a lease of nothing', 'WF104', 'w', '[]', 0],
  ['a lease of more than an hour', 'WF104', 'w', '[]', 3601],
];

for (const [title, code, name, routes, lease] of refused) {
  test.serial(`${title} is ${code}`, async (t) => {
    t.is(await codeOf(register(name, routes, lease === undefined ? 30 : lease)), code);
  });
}

test.serial('an escaped pair of surrogates is a name like any other', async (t) => {
  const worker = await register('w', '[{"queue":"\\ud83d\\ude00"}]');
  t.deepEqual(await sql.value('select serves from ratchet.workers where id = $1', [worker]), [
    'durable 😀',
  ]);
});

test.serial('a heartbeat extends the lease by its length', async (t) => {
  const worker = await register('w', '[]', 100);
  await sql.expire(worker);
  t.true(await sql.value('select ratchet.heartbeat($1)', [worker]));
  const left = `extract(epoch from expires_at - ratchet_internal.now())::float8`;
  const seconds = await sql.value<number>(`select ${left} from ratchet.workers where id = $1`, [
    worker,
  ]);
  t.true(seconds > 95 && seconds <= 100, `${seconds}`);
  t.false(await sql.value('select ratchet.heartbeat(999999999)'));
});
