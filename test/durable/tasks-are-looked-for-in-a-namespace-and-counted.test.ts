import test from 'ava';
import { durableTest } from '../support/durable';

test.serial('15.3 calls take a namespace: metadata are looked for in it', async (t) => {
  const { escalations: tasks } = (await durableTest(t)).client;
  const task = { role: 'r', metadata: { order: 1 } };
  const [ours, theirs] = [
    await tasks.create({ ...task, namespace: 'ours' }),
    await tasks.create({ ...task, namespace: 'theirs' }),
  ];
  const wanted = { key: 'order', value: 1, assignee: 'ann' };
  const none = await tasks.claimByMetadata({ ...wanted, namespace: 'nowhere' });
  t.deepEqual(none, { ok: false, reason: 'not-found', candidatesExist: 0 });
  const claim = await tasks.claimByMetadata({ ...wanted, namespace: 'theirs' });
  t.like(claim, { ok: true, entry: { id: theirs.id }, candidatesExist: 1 });
  t.like(await tasks.claimByMetadata(wanted), { entry: { id: ours.id }, candidatesExist: 2 });
  const eve = await tasks.claimByMetadata({ ...wanted, assignee: 'eve' });
  t.deepEqual(eve, { ok: false, reason: 'conflict', candidatesExist: 2 });
  const [namespace, { id }] = ['ours', ours];
  t.like(await tasks.release({ id, namespace }), { ok: true });
  t.like(await tasks.claim({ id, assignee: 'ann', namespace }), { ok: true });
  t.like(await tasks.update({ id, namespace, priority: 1 }), { priority: 1, namespace });
  const resolved = await tasks.resolveByMetadata({ key: 'order', value: 1, namespace });
  t.like(resolved, { ok: true, entry: { id } });
  t.like(await tasks.resolve({ id: theirs.id, namespace: 'theirs' }), { ok: true });
});

test.serial('15.3 a claimed task is pending: figures count it as both', async (t) => {
  const { escalations: tasks } = (await durableTest(t)).client;
  const [claimed] = [
    await tasks.create({ role: 'a', type: 'x' }),
    await tasks.create({ role: 'a', type: 'x' }),
  ];
  const done = await tasks.create({ role: 'b', type: 'y' });
  await tasks.claim({ id: claimed.id, assignee: 'ann', durationMinutes: 5 });
  await tasks.resolve({ id: done.id });
  t.deepEqual(await tasks.stats(), {
    ...{ pending: 2, claimed: 1, created: 3, resolved: 1 },
    by_role: [{ role: 'a', pending: 2, claimed: 1 }],
    by_type: [
      { type: 'x', pending: 2, claimed: 1, resolved: 0 },
      { type: 'y', pending: 0, claimed: 0, resolved: 1 },
    ],
  });
});

test.serial('15.3 a task is found by any priority that it may have', async (t) => {
  const { client } = await durableTest(t);
  const tasks = client.escalations;
  for (const priority of [2_147_483_647, 2_000_000_000, 0, -1, -2_147_483_648]) {
    const { id } = await tasks.create({ role: 'r', priority });
    t.deepEqual(
      (await tasks.list({ priority })).map((each) => each.id),
      [id],
    );
    t.is(await tasks.count({ priority }), 1);
  }
  for (const priority of [2_147_483_648, -2_147_483_649, 1e10, 1e300, 1.5]) {
    await t.throwsAsync(tasks.list({ priority }), { code: 'WF104' });
  }
  await t.throwsAsync(tasks.list({ priority: '5' as never }), { code: 'WF104' });
});
