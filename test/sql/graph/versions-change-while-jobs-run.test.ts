import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';
import { waitFor } from '../../support/wait-for';

const sql = engine();

const version = (after: Graph['activities'], more: Graph['transitions'] = {}): Graph => ({
  subscribes: 'run',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    hold: { type: 'hook' },
    ...after,
  },
  transitions: { start: [{ to: 'hold' }], ...more },
  hooks: { go: byJob('hold') },
});
const one = version(
  { old: { type: 'hook', job: { maps: { by: 'old' } } } },
  { hold: [{ to: 'old' }] },
);
const two = version(
  { new: { type: 'hook', job: { maps: { by: 'new' } } } },
  { hold: [{ to: 'new' }] },
);

test.serial('a running job goes on under the version that is active then', async (t) => {
  const app = await graphApp(sql, one);
  await app.publish('run', { id: 'a' });
  await app.publish('run', { id: 'b' });
  await app.deploy('2', two);
  await app.signal('go', { id: 'a' });
  await app.run();
  t.like(await app.state('a'), { status: 0, data: { by: 'old' } });
  await app.activate('2');
  await app.signal('go', { id: 'b' });
  await app.run();
  t.like(await app.state('b'), { status: 0, data: { by: 'new' }, metadata: { vrs: '1' } });
  t.like((await app.publish('run', { id: 'c' })).metadata, { vrs: '2' });
});

test.serial('a job that does not fit the active version is failed, and says why', async (t) => {
  const app = await graphApp(sql, one);
  await app.publish('run', { id: 'a' });
  await app.publish('run', { id: 'b' });
  const gone = version({});
  delete gone.activities['hold'];
  await app.deploy('2', { ...gone, transitions: {}, hooks: {} });
  await app.activate('2');
  await sql.rows(
    `update ratchet_internal.messages set due_at = ratchet_internal.now()
      where namespace = $1 and job_id = (
        select id from ratchet.jobs where key = 'a' and namespace = $1)`,
    [app.space],
  );
  await app.run();
  t.like(await app.state('a'), { status: 0, error: { code: 598, activity: 'hold' } });
  // Deeper in its tree than the address of the job says.
  await app.deploy('3', {
    ...version(
      { between: { type: 'hook' } },
      { start: [{ to: 'between' }], between: [{ to: 'hold' }] },
    ),
  });
  await app.activate('3');
  await app.signal('go', { id: 'b' });
  await app.run();
  t.like(await app.state('b'), { status: 0, error: { code: 598, dad: ',0,0' } });
});

test.serial('deploying a version anew replaces it; activating what is unknown fails', async (t) => {
  const app = await graphApp(sql, one);
  await app.publish('run', { id: 'a' });
  await app.deploy('1', two);
  await app.signal('go', { id: 'a' });
  await app.run();
  t.like(await app.state('a'), { status: 0, data: { by: 'new' } });
  t.is(await codeOf(app.activate('7')), 'WF207');
  t.is(await codeOf(sql.rows(`select ratchet.publish('run', '{}', 'nobody')`)), 'WF207');
  t.is(await codeOf(app.publish('nothing')), 'WF206');
  t.true(await app.activate('1'));
  const numbers = await sql.rows(
    `select count(*)::int as names, count(distinct position)::int as numbers
      from ratchet_internal.graph_names where space = $1`,
    [app.space],
  );
  t.deepEqual(numbers, [{ names: 4, numbers: 4 }]);
});

for (const isActive of [true, false]) {
  const which = isActive ? 'an active version' : 'a version that is not active';
  test.serial(`${which} that is deployed anew meanwhile is activated as it is then`, async (t) => {
    const app = await graphApp(sql, one);
    if (!isActive) await app.deploy('2', one);
    const version = isActive ? '1' : '2';
    const deploying = await sql.pool().connect();
    await deploying.query('begin');
    await deploying.query('select ratchet.deploy($1)', [
      JSON.stringify({ app: { id: app.app, version, graphs: [two] } }),
    ]);
    const activating = app.activate(version);
    const waits = `select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await waitFor('the activation waits', async () => (await sql.rows(waits)).length > 0);
    await deploying.query('commit');
    deploying.release();
    t.true(await activating);
    const active = 'select version from ratchet.graph_versions where app = $1 and is_active';
    t.deepEqual(await sql.rows(active, [app.app]), [{ version }]);
    await app.publish('run', { id: 'a' });
    await app.signal('go', { id: 'a' });
    await app.run();
    t.like(await app.state('a'), { status: 0, data: { by: 'new' } });
    await sql.rows(
      `update ratchet_internal.graph_versions set replaced_at = replaced_at - interval '2 hours'
        where space = $1`,
      [app.space],
    );
    await app.deploy('3', one);
  });
}

test.serial('a snapshot that may be older than the version activates nothing', async (t) => {
  const app = await graphApp(sql, one);
  const client = await sql.pool().connect();
  await client.query('begin isolation level repeatable read');
  const call = client.query('select ratchet.activate($1, $2)', ['1', app.app]);
  t.is(await codeOf(call), 'WF605');
  await client.query('rollback');
  client.release();
});

test.serial('the only app with a topic need not be named', async (t) => {
  const topic = sql.name();
  const graph = { ...one, subscribes: topic };
  const first = await graphApp(sql, graph);
  const job = await sql.value('select ratchet.publish($1)', [topic]);
  t.is(job.metadata.app, first.app);
  await graphApp(sql, graph);
  t.is(await codeOf(sql.rows('select ratchet.publish($1)', [topic])), 'WF206');
});

test.serial(
  'activation while jobs run beside it: every job ends under one or the other',
  async (t) => {
    const app = await graphApp(sql, one);
    await app.deploy('2', two);
    const ids = Array.from({ length: 40 }, (_, at) => `j${at}`);
    const flip = async () => {
      for (let at = 0; at < 20; at += 1) await app.activate(String((at % 2) + 1));
    };
    const redeploy = async () => {
      for (let at = 0; at < 6; at += 1) await app.deploy('1', one);
    };
    const run = async () => {
      for (const id of ids) {
        await app.publish('run', { id });
        await app.signal('go', { id });
        await sql.rows('select ratchet.run_graphs($1)', [app.app]);
      }
    };
    await Promise.all([flip(), redeploy(), run()]);
    await app.run();
    for (const id of ids) {
      const { status, data, error } = await app.state(id);
      t.deepEqual([status, error], [0, null], id);
      t.regex(String(data?.['by']), /^(old|new)$/);
    }
  },
);

test.serial('a document without an app is one graph of the app that is named', async (t) => {
  const app = sql.name();
  const bare = {
    activities: {
      trigger: { type: 'trigger' },
      check: { type: 'worker', topic: 'check' },
      reserve: { type: 'worker', topic: 'reserve' },
    },
    transitions: {
      trigger: [{ to: 'check' }],
      check: [
        {
          to: 'reserve',
          conditions: {
            match: [
              {
                expected: true,
                actual: {
                  '@pipe': [
                    ['{check.output.data.available}', '{trigger.output.data.requested}'],
                    ['{@conditional.gte}'],
                  ],
                },
              },
            ],
          },
        },
      ],
    },
  };
  const deployed = await sql.value('select ratchet.deploy($1, $2)', [JSON.stringify(bare), app]);
  t.like(deployed, { app, version: '1', warnings: [] });
  await sql.rows(`select ratchet.activate('1', $1)`, [app]);
  const routes = ['check', 'reserve'].map((queue) => ({ namespace: `hmsh:${app}`, queue }));
  const worker = await sql.value('select ratchet.register_worker($1, $2)', [
    ...[
      'seed',
      JSON.stringify([
        ...routes,
        { namespace: `hmsh:${app}`, queue: '$graph', workflow: '$graph' },
      ]),
    ],
  ]);
  await sql.rows(`select ratchet.publish('order.requested', '{"requested":5}', $1)`, [app]);
  const [claim] = await sql.exchange(worker);
  t.like(claim, { name: 'check', input: { requested: 5 } });
  await sql.rows('select ratchet.complete($1, $2, $3, 1, $4, $5)', [
    ...[worker, claim?.job_id, claim?.position, '{"available":9}', claim?.address],
  ]);
  t.like(await sql.exchange(worker), [{ name: 'reserve', input: { requested: 5 } }]);
});
