import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';

const sql = engine();

const hold = {
  subscribes: 'hold',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    wait: {
      type: 'hook',
      sleep: '{start.output.data.sleep}',
      escalation: { role: 'clerk', description: '{start.output.data.id}' },
    },
    call: { type: 'await', topic: 'sum' },
    end: { type: 'hook', job: { maps: { sum: '{call.output.data.sum}' } } },
  },
  transitions: { start: [{ to: 'wait' }], wait: [{ to: 'call' }], call: [{ to: 'end' }] },
  hooks: { go: byJob('wait') },
};

const sum = {
  subscribes: 'sum',
  activities: {
    first: { type: 'trigger' },
    second: { type: 'hook' },
    third: { type: 'hook', job: { maps: { sum: 7 } } },
  },
  transitions: { first: [{ to: 'second' }], second: [{ to: 'third' }] },
};

test.serial('programs wait for the result of a graph as for any job', async (t) => {
  const app = await graphApp(sql, hold, sum);
  await app.publish('hold', { id: 'w' });
  const watch = () =>
    sql.rows('select * from ratchet.watch_jobs($1, $2)', [app.space, ['w', 'no']]);
  t.deepEqual(
    (await watch()).map((row) => row['workflow_id']),
    ['no'],
  );
  t.is(await codeOf(sql.rows('select ratchet.result($1, $2)', ['w', app.space])), 'WF303');
  const client = await sql.pool().connect();
  const heard = new Promise((resolve) => client.once('notification', resolve));
  await client.query('listen ratchet_results');
  const waiting = sql.value('select ratchet.await_result($1, $2, $3)', ['w', '30 s', app.space]);
  await app.signal('go', { id: 'w' });
  await app.run();
  t.deepEqual(await waiting, { sum: 7 });
  await heard;
  await client.query('unlisten *');
  client.release();
  t.like(
    (await watch()).find((row) => row['workflow_id'] === 'w'),
    { status: 0, result: { sum: 7 } },
  );
  t.is(await sql.value('select ratchet.status($1, $2)', ['w', app.space]), 0);
});

test.serial(
  'a budget of one activity a call comes to the same end, children included',
  async (t) => {
    const app = await graphApp(sql, hold, sum);
    await app.publish('hold', { id: 'b' });
    await app.signal('go', { id: 'b' });
    let calls = 0;
    for (; (await app.state('b')).status > 0 && calls < 50; calls += 1) {
      const steps = await sql.value<number>('select ratchet.run_graphs($1, p_budget => 1)', [
        app.app,
      ]);
      t.true(steps <= 2, 'one activity, and a child that starts beyond the budget');
      t.deepEqual(await sql.rows('select * from ratchet.check_invariants()'), []);
    }
    t.true(calls > 3);
    t.like(await app.state('b'), { status: 0, data: { sum: 7 } });
  },
);

test.serial('a hook with an escalation is a task as long as it waits', async (t) => {
  const app = await graphApp(sql, hold, sum);
  const task = async (id: string) =>
    sql.rows(
      `select id, status, role, description, topic, signal_key, workflow_id
        from ratchet.escalations
        where workflow_id = $1 and namespace || ':' || app_id = $2`,
      [id, app.space],
    );
  await app.publish('hold', { id: 'e1', sleep: 0.001 });
  await app.publish('hold', { id: 'e2', sleep: 1000 });
  await app.publish('hold', { id: 'e3' });
  await app.publish('hold', { id: 'e4' });
  const shared = { role: 'clerk', status: 'pending' };
  const [open] = await task('e4');
  t.like(open, { ...shared, description: 'e4', workflow_id: 'e4' });
  t.like(open, { topic: 'go', signal_key: 'e4' }, 'what to signal, and under which key');
  await app.signal('go', { id: 'e2' });
  await app.interrupt('e3', { expire: 600 });
  await app.run();
  t.like(await task('e1'), [{ status: 'expired' }]);
  t.like(await task('e2'), [{ status: 'pending' }], 'a signal leaves the task alone');
  t.like(await task('e3'), [{ status: 'cancelled' }]);
  await sql.rows('select ratchet.resolve_escalation($1, $2)', [open?.['id'], '{"by":"ann"}']);
  await app.run();
  t.like(await task('e4'), [{ status: 'resolved' }]);
  t.like(await app.state('e4'), { status: 0, data: { sum: 7 } });
});

test.serial('8: each field of a task is what its expression comes to', async (t) => {
  const from = (name: string) => `{start.output.data.${name}}`;
  const names = ['role', 'type', 'subtype', 'entity', 'description', 'priority', 'originId'];
  const more = ['parentId', 'initiatedBy', 'traceId', 'spanId', 'expiresAt', 'taskQueue'];
  const fields = [...names, ...more, 'workflowType'];
  const ask = (id: string, escalation: object, sleep?: number) => ({
    subscribes: id,
    activities: {
      [`start-${id}`]: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      [`wait-${id}`]: { type: 'hook', escalation, ...(sleep === undefined ? {} : { sleep }) },
    },
    transitions: { [`start-${id}`]: [{ to: `wait-${id}` }] },
  });
  const app = await graphApp(
    sql,
    {
      subscribes: 'all',
      activities: {
        start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
        wait: {
          type: 'hook',
          escalation: {
            ...Object.fromEntries(fields.map((name) => [name, from(name)])),
            metadata: { region: from('region'), fixed: 1 },
            envelope: from('envelope'),
          },
        },
      },
      transitions: { start: [{ to: 'wait' }] },
      hooks: {
        signed: [
          {
            to: 'wait',
            conditions: {
              match: [{ expected: '{start.output.data.key}', actual: '{$self.hook.data.key}' }],
            },
          },
        ],
      },
    },
    {
      ...ask('quiet', { description: 'd', subtype: 's', envelope: { a: 1 } }),
      hooks: { quiet: byJob('wait-quiet') },
    },
    {
      ...ask('undefined', { role: '{start-undefined.output.data.none}', description: 'd' }),
      hooks: { undefined: byJob('wait-undefined') },
    },
    { ...ask('meta', { metadata: { a: 1 } }), hooks: { meta: byJob('wait-meta') } },
    ask('timed', { role: 'boss' }, 1000),
  );
  const texts = Object.fromEntries(fields.map((name) => [name, `the ${name}`]));
  const given = { ...texts, priority: 2, expiresAt: '2031-02-03T04:05:06Z' };
  const payload = { id: 'a1', key: 'k1', region: 'eu', envelope: { n: [1] }, ...given };
  await app.publish('all', payload);
  const tasks = (id: string) =>
    sql.rows(`select * from ratchet.escalations where workflow_id = $1 and app_id = $2`, [
      id,
      app.app,
    ]);
  const [task] = await tasks('a1');
  t.like(task, {
    ...{ status: 'pending', signal_key: 'k1', role: 'the role', type: 'the type', priority: 2 },
    ...{ subtype: 'the subtype', entity: 'the entity', description: 'the description' },
    ...{ origin_id: 'the originId', parent_id: 'the parentId', task_queue: 'the taskQueue' },
    ...{ initiated_by: 'the initiatedBy', trace_id: 'the traceId', span_id: 'the spanId' },
    ...{ workflow_type: 'the workflowType' },
    ...{ metadata: { region: 'eu', fixed: 1 }, envelope: { n: [1] } },
    expires_at: new Date('2031-02-03T04:05:06Z'),
  });
  for (const topic of ['quiet', 'undefined', 'timed']) {
    t.is((await app.publish(topic, { id: topic })).status, 1);
    t.deepEqual(await tasks(topic), [], topic);
  }
  await app.publish('meta', { id: 'meta' });
  t.like((await tasks('meta'))[0], { role: null, priority: 5, metadata: { a: 1 } });
});

test.serial('8: a task ends with its job, however that ends', async (t) => {
  const killer = {
    subscribes: 'killer',
    activities: {
      k: { type: 'trigger' },
      kill: { type: 'interrupt', target: '{k.output.data.id}', throw: false },
    },
    transitions: { k: [{ to: 'kill' }] },
  };
  const ends = (name: string, last: Graph['activities'][string]): Graph => ({
    subscribes: name,
    activities: {
      [`${name}-t`]: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      [`${name}-wait`]: { type: 'hook', escalation: { role: 'clerk' } },
      [`${name}-nap`]: { type: 'hook', sleep: 0.001 },
      [`${name}-last`]: last,
    },
    transitions: {
      [`${name}-t`]: [{ to: `${name}-wait` }, { to: `${name}-nap` }],
      [`${name}-nap`]: [{ to: `${name}-last` }],
    },
    hooks: { [`${name}-go`]: byJob(`${name}-wait`) },
  });
  const broken = { '@pipe': [['{fails-t.output.data.none}'], ['{@string.toUpperCase}']] };
  const app = await graphApp(
    sql,
    ...[hold, sum, killer, ends('stops', { type: 'interrupt' })],
    ends('fails', { type: 'hook', job: { maps: { x: broken } } }),
  );
  await app.publish('hold', { id: 'other' });
  await app.publish('killer', { id: 'other' });
  for (const name of ['stops', 'fails']) await app.publish(name, { id: name });
  for (const name of ['stops', 'fails']) {
    while ((await app.state(name)).status > 0) await app.run();
  }
  const rows = await sql.rows<{ workflow_id: string; status: string }>(
    'select workflow_id, status from ratchet.escalations where app_id = $1 order by workflow_id',
    [app.app],
  );
  t.deepEqual(
    rows.map((row) => `${row.workflow_id} ${row.status}`),
    ['fails cancelled', 'other cancelled', 'stops cancelled'],
  );
});

test.serial('a job is listed from its start: what it signals to all reaches itself', async (t) => {
  const color = '{start.output.data.color}';
  const app = await graphApp(sql, {
    subscribes: 'choir',
    activities: {
      start: {
        type: 'trigger',
        stats: {
          ...{ id: '{$self.input.data.id}', key: '{$self.input.data.color}' },
          measures: [{ measure: 'index', target: '{$self.input.data.color}' }],
        },
      },
      call: {
        ...{ type: 'signal', subtype: 'all', topic: 'called' },
        ...{ key_name: 'color', key_value: color, signal: { maps: { by: '{$job.metadata.jid}' } } },
        resolver: { maps: { data: { color }, end: 'NOW', range: '1h' } },
      },
      hear: { type: 'hook', job: { maps: { heard: '{$self.hook.data.by}' } } },
    },
    transitions: { start: [{ to: 'call' }, { to: 'hear' }] },
    hooks: { called: byJob('hear') },
  });
  await app.publish('choir', { id: 'solo', color: 'red' });
  await app.run();
  t.like(await app.state('solo'), { status: 0, data: { heard: 'solo' } });
});

test.serial('a job of a graph takes no hooks, whoever asks', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'work',
    activities: {
      start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
      work: { type: 'worker', topic: 'work' },
    },
    transitions: { start: [{ to: 'work' }] },
  });
  const queue = sql.name();
  const { metadata } = await app.publish('work', { id: 'g' });
  const graph = metadata['gid'] as string;
  const routes = [{ queue, workflow: queue, namespace: app.space }];
  const functions = await sql.value<string>('select ratchet.register_worker($1, $2)', [
    ...['test', JSON.stringify(routes)],
  ]);
  const start = `select ratchet.start_workflow($1, '[]', $1, p_namespace => $2)`;
  await sql.rows(start, [queue, app.space]);
  const [asking] = await sql.exchange(functions);
  const job = asking?.job_id ?? '';
  const options = { search: { data: { a: 'b' } } };
  const asked = { job, position: 1, kind: 'hook', name: queue, input: [] };
  const [answer] = await sql.exchange(functions, {
    plans: [{ ...asked, options: { id: 'g', queue, ...options } }],
  });
  t.like(answer, { kind: 'result', position: 1, is_failed: false }, 'as a job that has ended');
  const hook = `select ratchet.hook('g', $1, '[]', $1, $2, $3)`;
  await sql.rows(hook, [queue, app.space, JSON.stringify(options)]);
  t.deepEqual(await sql.rows('select from ratchet.threads where job_id = $1', [graph]), []);
  const data = `select from ratchet.jobs_attributes where job_id = $1 and kind = 'attribute'`;
  t.deepEqual(await sql.rows(data, [graph]), []);
  t.deepEqual(await sql.exchange(functions), []);
  await app.work(await app.worker(['work']), () => ({ data: {} }));
  t.like(await app.state('g'), { status: 0 });
  // What a hook would hand in now, beside the end of another job.
  await sql.exchange(functions, {
    threads: [{ job: graph, address: 'h1' }],
    ends: [{ job, result: 1 }],
  });
  t.is(await sql.value('select status from ratchet.jobs where id = $1', [job]), 0);
  await sql.rows(`select ratchet.scrub('g', $1)`, [app.app]);
});
