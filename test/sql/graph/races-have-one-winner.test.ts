import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';
import { seeded } from '../../support/seed';

const sql = engine();
const all = async <T>(count: number, each: (at: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, at) => each(at)));

const fan = (branches: number): Graph => ({
  subscribes: 'fan',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    ...Object.fromEntries(
      Array.from({ length: branches }, (_, at) => [
        `w${at}`,
        { type: 'worker', topic: 'w', job: { maps: { [`r${at}`]: '{$self.output.data.r}' } } },
      ]),
    ),
  },
  transitions: { start: Array.from({ length: branches }, (_, at) => ({ to: `w${at}` })) },
});

test.serial('workers that answer for one job at once lose nothing', async (t) => {
  const app = await graphApp(sql, fan(12));
  const workers = await all(6, () => app.worker(['w']));
  await app.publish('fan', { id: 'f' });
  const claims = await all(6, (at) => app.exchange(workers[at] ?? '', [], 2));
  await all(6, (at) =>
    app.exchange(
      workers[at] ?? '',
      (claims[at] ?? []).map((claim) => [claim, { data: { r: claim.name } }]),
      0,
    ),
  );
  await app.run();
  const { status, data } = await app.state('f');
  t.is(status, 0);
  t.is(Object.keys(data ?? {}).length, 12);
});

test.serial('a report that is repeated, or comes too late, changes nothing', async (t) => {
  const app = await graphApp(sql, fan(1));
  const worker = await app.worker(['w']);
  await app.publish('fan', { id: 'd' });
  const [claim] = await app.exchange(worker);
  if (claim === undefined) throw new Error('There is nothing to work on.');
  await all(3, (at) => app.exchange(worker, [[claim, { data: { r: 'first' } }]], at));
  await app.exchange(worker, [[claim, { data: { r: 'second' } }]]);
  await app.respond(claim, 'success', 200, { r: 'third' });
  await app.run();
  t.like(await app.state('d'), { status: 0, data: { r0: 'first' } });
});

test.serial(
  'one of several starts with an id wins; the id is free when the job has expired',
  async (t) => {
    const app = await graphApp(sql, fan(1));
    const codes = await all(6, () => codeOf(app.publish('fan', { id: 'same' })));
    t.deepEqual(codes.sort(), ['WF301', 'WF301', 'WF301', 'WF301', 'WF301', 'ok']);
    await app.interrupt('same', { expire: 1000 });
    t.is(await codeOf(app.publish('fan', { id: 'same' })), 'WF301');
    await sql.rows(
      `update ratchet.jobs set finished_at = finished_at - interval '1 hour' where namespace = $1`,
      [app.space],
    );
    const first = await sql.value('select id from ratchet.jobs where namespace = $1', [app.space]);
    const again = await app.publish('fan', { id: 'same' });
    t.not(again.metadata['gid'], first);
    t.is(
      await sql.value('select count(*)::int from ratchet.jobs_attributes where job_id = $1', [
        first,
      ]),
      0,
    );
  },
);

test.serial('signal and timer race, and the hook is resumed once', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'race',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      hold: { type: 'hook', sleep: 0.02 },
      after: { type: 'hook', job: { maps: { by: '{hold.hook.data.by}' } } },
    },
    transitions: { start: [{ to: 'hold' }], hold: [{ to: 'after' }] },
    hooks: { go: byJob('hold') },
  });
  await all(30, async (at) => {
    await app.publish('race', { id: `r${at}` });
    await Promise.all([
      app.signal('go', { id: `r${at}`, by: 'signal' }),
      sql.rows('select ratchet.run_graphs($1)', [app.app]),
    ]);
    await sql.rows('select ratchet.run_graphs($1)', [app.app]);
  });
  await app.run();
  for (let at = 0; at < 30; at += 1) {
    t.is((await app.state(`r${at}`)).status, 0);
    t.deepEqual(await app.history(`r${at}`), ['after,0,0,0', 'hold,0,0', 'start,0']);
  }
});

test.serial('interrupts, answers, emissions and endings meet at random', async (t) => {
  const random = seeded(t);
  const app = await graphApp(
    sql,
    {
      subscribes: 'parent',
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        call: { type: 'await', topic: 'child' },
        each: { type: 'hook', job: { maps: { sum: '{call.output.data.sum}' } } },
        side: { type: 'worker', topic: 'w', job: { maps: { side: true } } },
        kill: { type: 'interrupt', target: '{start.output.data.kill}' },
      },
      transitions: {
        start: [{ to: 'call' }, { to: 'side' }],
        side: [{ to: 'kill', conditions: { code: 201 } }],
        call: [{ to: 'each', conditions: { code: [200, 202, 409, 410] } }],
      },
    },
    {
      subscribes: 'child',
      activities: {
        begin: { type: 'trigger', stats: { id: '{$self.input.data.child}' } },
        work: {
          type: 'worker',
          topic: 'w',
          emit: true,
          job: { maps: { sum: '{$self.output.data.n}' } },
        },
        hold: { type: 'hook', sleep: 0.01 },
        end: { type: 'hook', job: { maps: { sum: 9 } } },
      },
      transitions: {
        begin: [{ to: 'work' }],
        work: [{ to: 'hold', conditions: { code: [200, 202] } }],
        hold: [{ to: 'end' }],
      },
      hooks: { go: byJob('hold') },
    },
  );
  const ids = Array.from({ length: 24 }, (_, at) => at);
  const workers = await all(3, () => app.worker(['w']));
  const pick = () => ids[random.below(ids.length)] ?? 0;
  const answers = [{ code: 200 }, { code: 200 }, { code: 201 }, { failed: true, code: 500 }];
  await Promise.all([
    ...workers.map((worker) =>
      all(1, async () => {
        for (let round = 0; round < 12; round += 1)
          await app.work(worker, () => ({
            ...(answers[random.below(answers.length)] ?? {}),
            data: { n: 1 },
          }));
      }),
    ),
    (async () => {
      for (const at of ids) {
        await app.publish('parent', { id: `p${at}`, child: `c${pick()}`, kill: `c${pick()}` });
        if (random.below(6) === 0)
          await app.interrupt(`p${pick()}`, { suppress: true, expire: 900 });
        if (random.below(6) === 0)
          await app.interrupt(`c${pick()}`, { suppress: true, throw: false });
        if (random.below(3) === 0) await app.signal('go', { id: `c${pick()}` });
      }
    })(),
  ]);
  const end = performance.now() + 60_000;
  const open = `select count(*)::int from ratchet.jobs where namespace = $1 and status > 0`;
  while ((await sql.value(open, [app.space])) > 0 && performance.now() < end) {
    await all(3, (at) => app.work(workers[at] ?? '', () => ({ code: 200, data: { n: 2 } })));
    t.deepEqual(await sql.rows('select * from ratchet.check_invariants()'), []);
  }
  t.is(await sql.value(open, [app.space]), 0);
});
