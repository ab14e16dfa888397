import test from 'ava';
import { codeOf, engine } from '../../support/engine';

// Durable API, section 15.3, as SQL.

const sql = engine();

interface Answer {
  ok: boolean;
  reason?: string;
  isExtension?: boolean;
  candidatesExist?: number;
  entry?: Record<string, unknown>;
  entries?: unknown[];
  failed?: { id: string; reason: string }[];
}

const call = (text: string, values: unknown[]) =>
  sql.value<Answer>(`select ratchet.${text}`, values);
const create = async (fields: object = {}) =>
  sql.value<{ id: string }>('select ratchet.create_escalation($1)', [JSON.stringify(fields)]);
const claim = (id: string, who: string, minutes = 1) =>
  call('claim_escalation($1, $2, $3)', [id, who, minutes]);
const resolve = (id: string, payload: unknown = null, who: string | null = null) =>
  call('resolve_escalation($1, $2, null, $3)', [id, JSON.stringify(payload), who]);
const get = (id: string) => sql.value('select ratchet.get_escalation($1)', [id]);
/** Lets a claim lapse. */
const lapse = (id: string) =>
  sql.rows(
    `update ratchet.escalations set assigned_until = ratchet_internal.now() - interval '1 second'
      where id = $1`,
    [id],
  );
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

test.serial('claim: once, extended by who has it, free again when it has lapsed', async (t) => {
  const { id } = await create({ role: 'r' });
  const first = await claim(id, 'ann');
  t.like(first, { ok: true, isExtension: false, entry: { status: 'pending', assigned_to: 'ann' } });
  const again = await claim(id, 'ann', 5);
  t.like(again, { ok: true, isExtension: true });
  t.is(again.entry?.['claimed_at'], first.entry?.['claimed_at']);
  t.true((again.entry?.['assigned_until'] as string) > (first.entry?.['assigned_until'] as string));
  t.deepEqual(await claim(id, 'bob'), { ok: false, reason: 'conflict' });
  await lapse(id);
  t.like(await claim(id, 'bob'), { ok: true, isExtension: false, entry: { assigned_to: 'bob' } });
  await lapse(id);
  t.like(await claim(id, 'bob'), { isExtension: false });
  t.deepEqual(await claim(UNKNOWN, 'bob'), { ok: false, reason: 'not-found' });
  await resolve(id);
  t.deepEqual(await claim(id, 'bob'), { ok: false, reason: 'conflict' });
});

test.serial('release: by anybody, or only by who has it', async (t) => {
  const { id } = await create();
  await claim(id, 'ann');
  const release = (who: string | null) => call('release_escalation($1, $2)', [id, who]);
  t.deepEqual(await release('bob'), { ok: false, reason: 'wrong-assignee' });
  t.like(await release('ann'), { ok: true, entry: { assigned_to: null, claimed_at: null } });
  await claim(id, 'ann');
  t.like(await release(null), { ok: true });
  t.deepEqual(await call('release_escalation($1)', [UNKNOWN]), { ok: false, reason: 'not-found' });
});

test.serial('resolve: the asserted claim blocks in two cases', async (t) => {
  const live = (await create()).id;
  await claim(live, 'ann');
  t.deepEqual(await resolve(live, 1, 'bob'), { ok: false, reason: 'claimed-by-other' });
  await lapse(live);
  t.deepEqual(await resolve(live, 1, 'ann'), { ok: false, reason: 'claim-expired' });
  t.like(await resolve(live, 1, 'bob'), { ok: true, entry: { resolver_payload: 1 } });
  const unclaimed = (await create()).id;
  t.like(await resolve(unclaimed, 1, 'ann'), { ok: true });
  const mine = (await create()).id;
  await claim(mine, 'ann');
  t.like(await resolve(mine, 1, 'ann'), { ok: true });
  t.deepEqual(await resolve(mine), { ok: false, reason: 'already-resolved' });
  t.deepEqual(await resolve(UNKNOWN), { ok: false, reason: 'not-found' });
});

test.serial('each call repeated with its request id gives the first answer', async (t) => {
  const request = 'aaaaaaaa-0000-4000-8000-000000000001';
  const twice = async (text: string, values: unknown[]) => {
    const first = await call(text, values);
    t.deepEqual(await call(text, values), first, text);
    return first;
  };
  const id = UNKNOWN.replace('4', '5');
  const made = `create_escalation('{"metadata": {"repeat": 1}}', $1)`;
  await twice(made, [id]);
  t.is(await sql.value('select ratchet.count_escalations($1)', [{ ids: [id] }]), '1');
  await twice('claim_escalation($1, $2, 1, $3)', [id, 'ann', request]);
  await twice('release_escalation($1, null, $2)', [id, request.replace('a', 'b')]);
  const byKey = `claim_escalation_by_metadata('repeat', '1', 'ann', 1, null, null, $1)`;
  await twice(byKey, [request.replace('a', 'c')]);
  const stones = `append_milestones($1, '[{"at": 1}]', $2)`;
  await twice(stones, [id, request.replace('a', 'd')]);
  t.is((await get(id)).milestones.length, 1);
  await twice('resolve_escalation($1, null, null, null, $2)', [id, request]);
  const other = (await create()).id;
  await twice('cancel_escalation($1, null, $2)', [other, request]);
  const both = [(await create()).id, (await create()).id];
  const all = 'resolve_all_escalations($1, array[null, null]::json[], null, null, $2)';
  t.like(await twice(all, [both, request]), { ok: true });
});

test.serial('repeated, what found its task by a value that it changed ends no other', async (t) => {
  const [first, second] = [await create({ metadata: { state: 'new' } }), await create()];
  await call('update_escalation($1, $2)', [second.id, JSON.stringify({ metadata: first })]);
  await call('update_escalation($1, $2)', [second.id, '{"metadata": {"state": "new"}}']);
  const request = '00000000-0000-4000-8000-00000000000a';
  const text = `resolve_escalation_by_metadata('state', '"new"', null, null,
    '{"state": "done"}', $1)`;
  t.like(await call(text, [request]), { ok: true, entry: { id: first.id } });
  t.like(await call(text, [request]), { ok: true, entry: { id: first.id } });
  t.like(await get(second.id), { status: 'pending' });
});

test.serial(
  'by metadata: the lowest number, the oldest, of the roles; and what is left',
  async (t) => {
    const late = await create({ role: 'a', priority: 1, metadata: { order: 1 } });
    const first = await create({ role: 'b', priority: 0, metadata: { order: 1, x: { y: 2 } } });
    const second = await create({ role: 'a', priority: 1, metadata: { order: 1 } });
    await create({ role: 'a', priority: 0, metadata: { order: '1' } });
    const take = (who: string, roles: string[] | null = null) =>
      call(`claim_escalation_by_metadata('order', '1', $1, 1, $2, '{"seen": true}')`, [who, roles]);
    const of = (answer: Answer) => answer.entry?.['id'];
    t.is(of(await take('ann', ['a'])), late.id);
    const taken = await take('bob');
    t.is(of(taken), first.id);
    t.deepEqual(taken.entry?.['metadata'], { order: 1, x: { y: 2 }, seen: true });
    t.is(of(await take('ann')), second.id, 'an available one before the own claim');
    t.like(await take('ann'), { isExtension: true, entry: { id: late.id }, candidatesExist: 3 });
    t.deepEqual(await take('eve'), { ok: false, candidatesExist: 3, reason: 'conflict' });
    const none = `claim_escalation_by_metadata('order', '9', 'ann')`;
    t.deepEqual(await call(none, []), { ok: false, candidatesExist: 0, reason: 'not-found' });
    const finish = (roles: string[] | null) =>
      call(`resolve_escalation_by_metadata('order', '1', '"\\u0000"', $1)`, [roles]);
    t.is(of(await finish(['a'])), late.id);
    t.is(of(await finish(null)), first.id);
    t.like(await finish(null), { ok: true });
    t.deepEqual(await finish(null), { ok: false, reason: 'already-resolved' });
    t.deepEqual(await finish(['none']), { ok: false, reason: 'not-found' });
  },
);

test.serial('claiming by metadata skips rows that somebody else has locked', async (t) => {
  const one = await create({ metadata: { skip: 1 }, priority: 1 });
  const two = await create({ metadata: { skip: 1 }, priority: 2 });
  const session = await sql.pool().connect();
  await session.query('begin');
  await session.query('select from ratchet.escalations where id = $1 for update', [one.id]);
  const take = `claim_escalation_by_metadata('skip', '1', 'ann')`;
  t.like(await call(take, []), { ok: true, entry: { id: two.id } });
  const eve = `claim_escalation_by_metadata('skip', '1', 'eve')`;
  t.like(await call(eve, []), { ok: false, candidatesExist: 2 });
  await session.query('rollback');
  session.release();
});

test.serial('many: claimed, moved, prioritised and resolved together', async (t) => {
  const ids = [(await create({ role: 'a' })).id, (await create({ role: 'a' })).id];
  const keyed = (await create({ role: 'a', signalKey: 'many' })).id;
  await claim(ids[0] ?? '', 'bob');
  const many = 'select ratchet.claim_escalations($1, $2) as entry';
  t.is((await sql.rows(many, [[...ids, UNKNOWN], 'ann'])).length, 1);
  const moved = await sql.rows(`select ratchet.escalate_to_role($1, 'b') as entry`, [ids]);
  t.is(moved.length, 2);
  t.like(moved[0]?.['entry'], { role: 'b', assigned_to: null });
  t.is(await sql.value('select ratchet.set_escalation_priority($1, -3)', [ids]), '2');
  t.is((await get(ids[1] ?? '')).priority, -3);
  const done = await sql.rows(`select ratchet.resolve_escalations($1, '1') as entry`, [
    [...ids, keyed],
  ]);
  t.is(done.length, 2);
  t.is((await get(keyed)).status, 'pending', 'a workflow may wait for it');
  t.is((await sql.rows(`select ratchet.escalate_to_role($1, 'c')`, [ids])).length, 0);
  t.is(await sql.value('select ratchet.set_escalation_priority($1, 1)', [ids]), '0');
});

test.serial('all or none: nothing is written when one cannot be', async (t) => {
  const ids = [(await create()).id, (await create()).id];
  const all = (given: string[], who: string | null = null) =>
    call(`resolve_all_escalations($1, $2, '{"by": "all"}', $3)`, [
      ...[given, given.map((_, at) => `${at}`), who],
    ]);
  t.deepEqual(await all([...ids, UNKNOWN]), {
    ok: false,
    failed: [{ id: UNKNOWN, reason: 'not-found' }],
  });
  await claim(ids[0] ?? '', 'ann');
  t.deepEqual(await all(ids, 'ann'), {
    ok: false,
    failed: [{ id: ids[1] ?? '', reason: 'assignee-mismatch' }],
  });
  t.like(await get(ids[0] ?? ''), { status: 'pending', metadata: null });
  const done = await all(ids);
  t.like(done, { ok: true, entries: [{ resolver_payload: 0 }, { resolver_payload: 1 }] });
  t.like(await all(ids), {
    ok: false,
    failed: ids.map((id) => ({ id, reason: 'already-resolved' })),
  });
  t.deepEqual(await all([]), { ok: true, entries: [] });
  t.is(await codeOf(all([UNKNOWN, UNKNOWN])), 'WF104');
});

test.serial(
  'update merges metadata and replaces the envelope; milestones get their time',
  async (t) => {
    const { id } = await create({ metadata: { a: 1, b: 1 }, envelope: { a: 1 }, role: 'r' });
    const fields = { metadata: { b: 2 }, envelope: { c: 3 }, priority: 1 };
    const text = 'select ratchet.update_escalation($1, $2)';
    t.like(await sql.value(text, [id, JSON.stringify(fields)]), {
      ...{ metadata: { a: 1, b: 2 }, envelope: { c: 3 }, priority: 1, role: 'r' },
    });
    t.is(await sql.value(text, [UNKNOWN, '{}']), null);
    for (const field of ['status', 'signalKey', 'unknown', 'assignedTo']) {
      t.is(await codeOf(sql.rows(text, [id, JSON.stringify({ [field]: 'resolved' })])), 'WF104');
    }
    const add = 'select ratchet.append_milestones($1, $2)';
    await sql.value(add, [id, '[{"what": "seen"}, {"what": "called"}]']);
    const { milestones } = await sql.value(add, [id, '[{"what": "done"}]']);
    t.deepEqual(
      milestones.map((each: { what: string }) => each.what),
      ['seen', 'called', 'done'],
    );
    t.truthy(milestones[0].created_at);
    t.is(await codeOf(sql.rows(add, [id, '["no"]'])), 'WF104');
    t.is(await codeOf(sql.rows(add, [id, '{}'])), 'WF104');
  },
);

test.serial('migrate keeps id, state and times; an id that exists is null', async (t) => {
  const id = 'bbbbbbbb-0000-4000-8000-000000000001';
  const fields = {
    ...{ status: 'resolved', resolvedAt: '2020-02-29T10:00:00Z', createdAt: 1577836800000 },
    ...{ updatedAt: '2020-03-01T10:00:00.5+01:00', resolverPayload: [1], role: 'old' },
  };
  const text = 'select ratchet.migrate_escalation($1, $2)';
  const entry = await sql.value(text, [id, JSON.stringify(fields)]);
  t.like(entry, { id, status: 'resolved', resolver_payload: [1], role: 'old' });
  t.is(new Date(entry.created_at).getTime(), 1577836800000);
  t.is(new Date(entry.updated_at).toISOString(), '2020-03-01T09:00:00.500Z');
  t.is(await sql.value(text, [id, '{}']), null);
  const bad = { ...fields, createdAt: '2020-13-01T00:00:00Z' };
  t.is(await codeOf(sql.rows(text, [UNKNOWN, JSON.stringify(bad)])), 'WF104');
});

test.serial('prune removes what ended long enough ago, and nothing that is pending', async (t) => {
  await sql.rows('delete from ratchet.escalations');
  const age = `update ratchet.escalations set updated_at = updated_at - interval '2 days'
    where id = any ($1)`;
  const made = await Promise.all([1, 2, 3, 4].map(() => create()));
  const [open = '', resolved = '', cancelled = '', fresh = ''] = made.map(({ id }) => id);
  await resolve(resolved);
  await resolve(fresh);
  await call('cancel_escalation($1)', [cancelled]);
  await sql.rows(age, [[open, resolved, cancelled]]);
  const prune = (statuses: string[] | null) =>
    sql.value(`select ratchet.prune_escalations('1 day', $1)`, [statuses]);
  t.is(await prune(['expired']), '0');
  t.is(await prune(['cancelled']), '1');
  t.is(await prune(null), '1');
  const left = await sql.rows('select id from ratchet.escalations order by id');
  t.deepEqual(left.map(({ id }) => id as string).sort(), [open, fresh].sort());
  t.is(await codeOf(prune(['pending'])), 'WF104');
});

const wrong: Record<string, [string, string | null, string]> = {
  'no key': ['WF101', null, '1'],
  'an empty key': ['WF101', '', '1'],
  'a key with a control character': ['WF101', 'a\n', '1'],
  'a value that is no text for Postgres': ['WF105', 'order', '"\\u0000"'],
  'one that has such text within': ['WF105', 'order', '{"a":["\\ud800"]}'],
};

for (const [what, [code, key, value]] of Object.entries(wrong)) {
  test.serial(`by metadata: ${what} is ${code}`, async (t) => {
    const claimed = call(`claim_escalation_by_metadata($1, $2, 'ann')`, [key, value]);
    t.is(await codeOf(claimed), code);
    const resolved = call(`resolve_escalation_by_metadata($1, $2)`, [key, value]);
    t.is(await codeOf(resolved), code);
  });
}
