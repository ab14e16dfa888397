import test from 'ava';
import { engine } from '../../support/engine';
import { fillWorklist, pagesOf, QUESTIONS } from '../../support/worklist';

// test/long/ has a million tasks.

const sql = engine();
const TASKS = 20_000;

test.serial('15.3 no question goes through the table', async (t) => {
  await fillWorklist(sql, TASKS);
  const table = await sql.value<number>(
    `select (pg_relation_size('ratchet.escalations') / 8192)::int`,
  );
  for (const [title, question] of Object.entries(QUESTIONS)) {
    await pagesOf(sql, question);
    const pages = await pagesOf(sql, question);
    // Of 400 pending tasks at most each one's page is looked at.
    t.true(pages < 500, `${title}: ${pages} pages of ${table}`);
  }
  t.true(table > 550, `${table} pages`);
});

test.serial('15.3 lists: filters, orders and pages', async (t) => {
  const list = async (filter: object, order: object[] = [], limit = 50, offset = 0) => {
    const text = 'select ratchet.list_escalations($1, $2, $3, $4) as entry';
    const given = [JSON.stringify(filter), JSON.stringify(order), limit, offset];
    return (await sql.rows(text, given)).map((row) => row['entry'] as Record<string, unknown>);
  };
  const urgent = await list({ status: 'pending' });
  t.is(urgent.length, 50);
  t.deepEqual(new Set(urgent.map(({ priority }) => priority)), new Set([0]));
  const times = urgent.map((entry) => String(entry['created_at']));
  t.deepEqual(times, [...times].sort().reverse(), 'of equal ones the newest first');
  const [second] = await list({ status: 'pending' }, [], 1, 1);
  t.is(second?.['id'], urgent[1]?.['id']);
  const roles = await list({ roles: ['role-1', 'role-3', 'role-3'], role: 'role-7' }, [], 20_000);
  t.is(roles.length, 800);
  t.deepEqual(await list({ roles: [] }), []);
  const order = [
    { column: 'role', direction: 'desc' },
    { column: 'priority', direction: 'ASC' },
    { column: 'created_at', direction: 'asc' },
  ];
  const sorted = await list({ status: 'pending' }, order, 400);
  const words = sorted.map(({ role, priority, created_at: at }) => ({ role, priority, at }));
  const expected = [...words].sort(
    (a, b) => compare(b.role, a.role) || compare(a.priority, b.priority) || compare(a.at, b.at),
  );
  t.deepEqual(words, expected);
  const one = urgent[0]?.['id'] as string;
  await sql.rows(`select ratchet.claim_escalation($1, 'ann', 5)`, [one]);
  t.like(await list({ ids: [one] }), [{ available: false }]);
  t.like(await list({ assignedTo: 'ann', available: false }), [{ id: one }]);
  t.deepEqual(await list({ ids: [one], available: true }), []);
  t.like(await list({ priority: 0, metadata: { order: 350 } }), [{ signal_key: 'key-350' }]);
});

test.serial('15.3 figures: in all, by role and by type; of no role, zeros', async (t) => {
  const stats = (...given: unknown[]) =>
    sql.value('select ratchet.escalation_stats($1, $2)', given);
  const all = await stats(null, '24 hours');
  t.like(all, { pending: 400, claimed: 2, created: 0, resolved: 0 });
  t.is(all.by_role.length, 50);
  t.deepEqual(all.by_role[0], { role: 'role-0', pending: 8, claimed: 0 });
  t.deepEqual(
    all.by_type.map(({ type }: { type: string }) => type),
    ['type-0', 'type-10'],
  );
  t.like(await stats(['role-9'], '1000 days'), { pending: 8, created: 400, resolved: 392 });
  const none = { pending: 0, claimed: 0, created: 0, resolved: 0, by_role: [], by_type: [] };
  t.deepEqual(await stats([], '24 hours'), none);
  const types = await sql.rows('select ratchet.escalation_types() as type');
  t.is(types.length, 20);
  t.deepEqual(
    [...types.map(({ type }) => type as string)].sort(),
    types.map(({ type }) => type),
  );
});

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}
