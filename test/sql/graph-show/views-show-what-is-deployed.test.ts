import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const order: Graph = {
  subscribes: 'order.wanted',
  activities: {
    wanted: { type: 'trigger' },
    check: { type: 'worker', topic: 'shop.check' },
    approve: { type: 'hook', sleep: 60 },
    retry: { type: 'cycle', ancestor: 'approve' },
    bill: {
      type: 'await',
      topic: { '@pipe': [['bill.', '{wanted.output.data.kind}'], ['{@string.concat}']] },
    },
    tell: { type: 'signal', subtype: 'one', topic: 'order.told' },
    pause: { type: 'activity' },
  },
  transitions: {
    wanted: [{ to: 'check' }],
    check: [
      {
        to: 'approve',
        conditions: { match: [{ expected: true, actual: '{check.output.data.ok}' }] },
      },
      { to: 'pause', conditions: { code: [500, 404] } },
    ],
    approve: [
      { to: 'retry', conditions: { code: 202 } },
      {
        to: 'bill',
        conditions: {
          gate: 'or',
          match: [
            { expected: 1, actual: '{approve.hook.data.n}' },
            {
              expected: null,
              actual: { '@pipe': [['{check.output.data.a}', 2], ['{@math.add}']] },
            },
          ],
        },
      },
    ],
    bill: [{ to: 'tell', conditions: { gate: 'or', match: [] } }],
  },
  hooks: { 'order.approved': byJob('approve'), 'order.told': byJob('approve') },
};

const rowsOf = (view: string, columns: string, app: string, order = '1, 2') =>
  sql.rows(`select ${columns} from ratchet.${view} where app = $1 order by ${order}`, [app]);

test.serial('graph_versions has the current versions, and which one is active', async (t) => {
  const { app, deploy, activate } = await graphApp(sql, order);
  const small: Graph = { subscribes: 'a', activities: { a: { type: 'trigger' } } };
  await deploy('2', small, { ...small, subscribes: 'b', activities: { b: { type: 'trigger' } } });
  await deploy('1', order);
  const columns = `version, namespace, is_active, graph_count, activity_count,
    deployed_at <= activated_at as before, activated_at is null as never`;
  const [first, second] = await rowsOf('graph_versions', columns, app);
  t.like(first, { version: '1', namespace: 'hmsh', is_active: true, never: false });
  t.like(first, { graph_count: 1, activity_count: 7 });
  t.deepEqual(second, {
    ...{ version: '2', namespace: 'hmsh', is_active: false, never: true, before: null },
    ...{ graph_count: 2, activity_count: 2 },
  });
  await activate('2');
  const active = await rowsOf('graph_versions', 'version, is_active', app);
  t.deepEqual(active, [
    { version: '1', is_active: false },
    { version: '2', is_active: true },
  ]);
});

test.serial('graph_activities has what each activity is, once', async (t) => {
  const { app, deploy } = await graphApp(sql, order);
  await deploy('1', order); // what is replaced is not shown
  const columns = 'activity, type, subtype, topic, parent, depth, ancestor, sleep, is_trigger';
  const found = await rowsOf('graph_activities', columns, app);
  const row = (activity: string, type: string, parent: string | null, more: object) => ({
    ...{ activity, type, parent, subtype: null, topic: null, ancestor: null, sleep: null },
    ...{ is_trigger: false, ...more },
  });
  t.deepEqual(found, [
    row('approve', 'hook', 'check', { depth: 3, topic: 'order.approved', sleep: '60' }),
    row('bill', 'await', 'approve', {
      ...{ depth: 4, topic: '(bill., {wanted.output.data.kind} | {@string.concat})' },
    }),
    row('check', 'worker', 'wanted', { depth: 2, topic: 'shop.check' }),
    row('pause', 'hook', 'check', { depth: 3 }),
    row('retry', 'cycle', 'approve', { depth: 4, ancestor: 'approve' }),
    row('tell', 'signal', 'bill', { depth: 5, subtype: 'one', topic: 'order.told' }),
    row('wanted', 'trigger', null, { depth: 1, topic: 'order.wanted', is_trigger: true }),
  ]);
  const others = await rowsOf('graph_activities', 'distinct version, graph, is_active', app);
  t.deepEqual(others, [{ version: '1', graph: 'wanted', is_active: true }]);
});

test.serial('positions are those of the history', async (t) => {
  const app = await graphApp(sql, order);
  const { job_id: job } = await app.publish('order.wanted');
  const names = await sql.rows(
    `select g.activity from ratchet.jobs j
      join ratchet.jobs_attributes a on a.job_id = j.id
      join ratchet.graph_activities g on g.namespace || ':' || g.app = j.namespace
        and g.is_active and g.position = a.position
      where j.key = $1 and j.namespace = $2 order by a.address`,
    [job, app.space],
  );
  t.deepEqual(names, [{ activity: 'wanted' }, { activity: 'check' }]);
});

test.serial('graph_transitions says in words when each is taken', async (t) => {
  const { app } = await graphApp(sql, order);
  const columns = 'from_activity, ordinal, to_activity, condition';
  const found = await rowsOf('graph_transitions', columns, app);
  t.deepEqual(
    found.map((row) => Object.values(row).join(' ')),
    [
      'approve 1 retry code 202',
      'approve 2 bill code 200 and ({approve.hook.data.n} = 1 or ' +
        '({check.output.data.a}, 2 | {@math.add}) = null)',
      'bill 1 tell never',
      'check 1 approve code 200 and {check.output.data.ok} = true',
      'check 2 pause code 500 or 404',
      'wanted 1 check always',
    ],
  );
});

test.serial('the words say what the engine makes of a condition', async (t) => {
  const cases: [unknown, number[]][] = [
    [null, [200, 404]],
    [true, [200, 404]],
    [false, []],
    [{}, [200]],
    [{ code: [] }, []],
    [{ code: '404' }, [404]],
    [{ code: [200, '404'] }, [200, 404]],
    [{ match: [] }, [200]],
    [{ gate: 'or', match: [] }, []],
  ];
  for (const [conditions, taken] of cases) {
    const { words, ...held } = (
      await sql.rows(
        `select ratchet_internal.condition_text($1) as words,
          ratchet_internal.taken_transitions(c, '{}', 200) <> '{}' as "200",
          ratchet_internal.taken_transitions(c, '{}', 404) <> '{}' as "404"
        from (select jsonb_build_array(ratchet_internal.compile_rule(1, $1)) as c) compiled`,
        [JSON.stringify(conditions)],
      )
    )[0] as { words: string; 200: boolean; 404: boolean };
    t.deepEqual(held, { 200: taken.includes(200), 404: taken.includes(404) }, words);
    const codes = words === 'always' ? ['200', '404'] : (words.match(/\d+/g) ?? []);
    t.deepEqual(codes, taken.map(String), words);
  }
});
