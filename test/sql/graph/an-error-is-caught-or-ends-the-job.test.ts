import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { graphApp, type Graph } from '../../support/graph';
import { waitFor } from '../../support/wait-for';

const sql = engine();

const THROWS = { '@pipe': [['{start.output.data.list}', 1], ['{@array.push}']] };

const caught = {
  type: 'hook',
  job: { maps: { err: '{act.output.metadata.$error}', text: '{act.output.metadata.err}' } },
};

const flow = (activity: Graph['activities'][string], catches = true): Graph => ({
  subscribes: 'flow',
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    act: activity,
    ...(catches ? { caught } : {}),
    fine: { type: 'hook', job: { maps: { fine: true } } },
  },
  transitions: {
    start: [{ to: 'act' }],
    act: [
      ...(catches ? [{ to: 'caught', conditions: { code: [404, 500] } }] : []),
      { to: 'fine', conditions: { code: 200 } },
    ],
  },
});

test.serial('an error takes the transitions of its code, or is the error of the job', async (t) => {
  const caught = await graphApp(sql, flow({ type: 'worker', topic: 'act' }));
  const worker = await caught.worker(['act']);
  const fail = { failed: true, code: 404, data: { message: 'no such thing', stack: 'at' } };
  await caught.publish('flow', { id: 'a' });
  await caught.work(worker, () => fail);
  const { data, error } = await caught.state('a');
  t.like(data, { err: { message: 'no such thing', code: 404 } });
  t.deepEqual(JSON.parse((data as { text: string }).text), data?.['err']);
  t.is(error, null);

  const loose = await graphApp(sql, flow({ type: 'worker', topic: 'act' }, false));
  const other = await loose.worker(['act']);
  await loose.publish('flow', { id: 'b' });
  await loose.work(other, () => fail);
  t.like(await loose.state('b'), {
    ...{ status: 0, data: null },
    error: { message: 'no such thing', code: 404, stack: 'at', is_stream_error: true },
  });
  t.is(await codeOf(sql.rows('select ratchet.result($1, $2)', ['b', loose.space])), 'WF304');
  await loose.publish('flow', { id: 'c' });
  await loose.work(other, () => ({ failed: true, data: 'just text' }));
  t.like((await loose.state('c')).error, { message: 'unknown', code: 500, error: 'just text' });
});

test.serial('a hook that waited and failed has no output, whoever reads it and when', async (t) => {
  const read = { type: 'hook', job: { maps: { v: '{act.output.data.v}' } } };
  const app = await graphApp(sql, {
    subscribes: 'flow',
    activities: {
      start: { type: 'trigger', stats: { id: 'waited' } },
      act: { type: 'hook', sleep: 0.001, output: { maps: { v: 1 } }, job: { maps: { x: THROWS } } },
      work: { type: 'worker', topic: 'work' },
      read,
    },
    transitions: {
      start: [{ to: 'act' }],
      act: [{ to: 'work', conditions: { code: 500 } }],
      work: [{ to: 'read' }],
    },
  });
  const worker = await app.worker(['work']);
  await app.publish('flow');
  await waitFor('the job has ended', async () => {
    await app.work(worker, () => ({ data: {} }));
    return (await app.state('waited')).status === 0;
  });
  t.deepEqual((await app.state('waited')).data, {});
});

test.serial('an unhandled error ends the other branches in the same commit', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'two',
    activities: {
      start: { type: 'trigger', stats: { id: 'two' } },
      slow: { type: 'hook', sleep: 1000 },
      bad: { type: 'worker', topic: 'bad' },
    },
    transitions: { start: [{ to: 'slow' }, { to: 'bad' }] },
  });
  const worker = await app.worker(['bad']);
  t.is((await app.publish('two')).status, 2);
  await app.work(worker, () => ({ failed: true, code: 500, data: { message: 'x' } }));
  t.like(await app.state('two'), { status: 0, error: { message: 'x' } });
  t.deepEqual(await app.messages('two'), []);
});

test.serial('an unusual code of a success that nobody asks for ends the branch', async (t) => {
  const app = await graphApp(sql, flow({ type: 'worker', topic: 'act' }));
  const worker = await app.worker(['act']);
  await app.publish('flow', { id: 'u' });
  await app.work(worker, () => ({ code: 299, data: {} }));
  t.like(await app.state('u'), { status: 0, error: null, data: null });
});

for (const [part, activity] of Object.entries({
  'input maps': { type: 'worker', topic: 'act', input: { maps: { x: THROWS } } },
  'an option': { type: 'hook', sleep: THROWS },
  'output maps': { type: 'hook', output: { maps: { x: THROWS } } },
  'job maps': { type: 'hook', job: { maps: { x: THROWS } } },
  emit: { type: 'hook', emit: THROWS },
  'an await': { type: 'await', topic: THROWS },
  'a topic that is none': { type: 'worker', topic: '{start.output.data.nothing}' },
}))
  test.serial(`an expression that throws fails its activity: ${part}`, async (t) => {
    const app = await graphApp(sql, flow(activity));
    const state = await app.publish('flow', { id: 'e' });
    t.like(state, { status: 0, error: null, data: { err: { code: 500, activity: 'act' } } });
    t.regex(String((state.data?.['err'] as { message: string }).message), /^act: /);
    const [row] = await sql.rows(
      `select a.is_failed, a.code from ratchet.jobs_attributes a join ratchet.jobs j
        on j.id = a.job_id where j.namespace = $1 and a.field like '% act'`,
      [app.space],
    );
    t.deepEqual(row, { is_failed: true, code: 500 });
  });

test.serial(
  'a job map that throws after an answer fails the activity; so does a match',
  async (t) => {
    const app = await graphApp(
      sql,
      flow({ type: 'worker', topic: 'act', job: { maps: { x: THROWS } } }),
    );
    const worker = await app.worker(['act']);
    await app.publish('flow', { id: 'late' });
    await app.work(worker, () => ({ data: { ok: true } }));
    t.like(await app.state('late'), {
      status: 0,
      data: { err: { code: 500, expression: 'job.maps' } },
    });
    await app.publish('flow', { id: 'failed' });
    await app.work(worker, () => ({ failed: true, code: 404, data: { message: 'no' } }));
    t.like((await app.state('failed')).data, { err: { code: 500, expression: 'job.maps' } });
    const rows = await sql.rows(
      `select a.code, a.value::json ->> 'expression' as expression from ratchet.jobs_attributes a
        join ratchet.jobs j on j.id = a.job_id
        where j.namespace = $1 and j.key = 'failed' and a.field like '% act'`,
      [app.space],
    );
    t.deepEqual(rows, [{ code: 500, expression: 'job.maps' }], 'the history says what was caught');

    const graph = flow({ type: 'hook' });
    graph.transitions = {
      start: [{ to: 'act' }],
      act: [
        { to: 'fine', conditions: { match: [{ expected: 1, actual: THROWS }] } },
        { to: 'caught' },
      ],
    };
    const match = await graphApp(sql, graph);
    t.like(await match.publish('flow', { id: 'm' }), {
      data: { err: { expression: 'transitions' } },
    });
  },
);

test.serial('where job maps throw, conditions see the error and no output', async (t) => {
  const seen = (expected: unknown, actual: string) => ({
    conditions: { code: 500, match: [{ expected, actual }] },
  });
  const app = await graphApp(sql, {
    subscribes: 'flow',
    activities: {
      start: { type: 'trigger' },
      act: { type: 'hook', output: { maps: { n: 1 } }, job: { maps: { x: THROWS } } },
      output: { type: 'hook', job: { maps: { output: true } } },
      error: { type: 'hook', job: { maps: { error: true } } },
    },
    transitions: {
      start: [{ to: 'act' }],
      act: [
        { to: 'output', ...seen(1, '{act.output.data.n}') },
        { to: 'error', ...seen('job.maps', '{$self.output.metadata.$error.expression}') },
      ],
    },
  });
  t.deepEqual((await app.publish('flow', { list: 1 })).data, { error: true });
});

test.serial('an expression of the trigger that throws refuses the call', async (t) => {
  const app = await graphApp(sql, {
    subscribes: 'bad',
    activities: {
      start: {
        type: 'trigger',
        stats: { id: '{$self.input.data.id}' },
        job: { maps: { x: { '@pipe': [['{$self.output.data.list}', 1], ['{@array.push}']] } } },
      },
    },
  });
  t.is(await codeOf(app.publish('bad', { id: 'x' })), 'WF107');
  t.is(await codeOf(app.publish('bad', { id: 'x'.repeat(600), list: [] })), 'WF101');
  t.is(await codeOf(app.state('x')), 'WF201');
  t.like(await app.publish('bad', { id: 'x', list: [] }), { status: 0, data: { x: [1] } });
});

test.serial('failed executions are tried again as worker or activity say', async (t) => {
  const app = await graphApp(sql, flow({ type: 'worker', topic: 'act', retry: { 500: [2] } }));
  const soon = () =>
    sql.rows('update ratchet_internal.messages set due_at = ratchet_internal.now()');
  const tries = async (id: string, worker: string, code: number) => {
    await app.publish('flow', { id });
    const attempts: number[] = [];
    for (let idle = 0; idle < 2; await soon()) {
      const seen = await app.work(worker, () => ({ failed: true, code, data: { message: 'no' } }));
      attempts.push(...seen.map((claim) => claim.attempt));
      idle = seen.length > 0 ? 0 : idle + 1;
    }
    return attempts;
  };
  const plain = await app.worker(['act']);
  t.deepEqual(await tries('r1', plain, 500), [1, 2, 3]);
  t.deepEqual(await tries('r2', plain, 404), [1]);
  await sql.rows('select ratchet.unregister_worker($1)', [plain]);
  const strict = await app.worker(['act'], {
    retry: { maximumAttempts: 2, maximumInterval: '1 minute' },
  });
  t.deepEqual(await tries('r3', strict, 404), [1, 2]);
  const delay = (policy: unknown, executions: number) =>
    sql.value(
      `select extract(epoch from ratchet_internal.graph_retry($1, null, $2, 500, false))::float8`,
      [JSON.stringify(policy), executions],
    );
  t.is(await delay({ backoffCoefficient: 2, maximumAttempts: 9, maximumInterval: 3 }, 1), 2);
  t.is(await delay({ backoffCoefficient: 2, maximumAttempts: 9, maximumInterval: 3 }, 2), 3);
  t.is(await delay({ maximumAttempts: 1 }, 1), null);
  t.is(await delay({ maximumInterval: '2 minutes' }, 2), 100);
});

test.serial('an activity that kills its worker again and again is given up', async (t) => {
  const app = await graphApp(sql, flow({ type: 'worker', topic: 'act' }, false));
  await app.publish('flow', { id: 'k' });
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const worker = await app.worker(['act']);
    t.like(await app.exchange(worker), [{ name: 'act', attempt }]);
    await sql.expire(worker);
  }
  await app.exchange(await app.worker(['act']));
  t.like(await app.state('k'), { status: 0, error: { code: 500 } });
});

test.serial('a telemetry map that fails adds nothing: the worker gets its input', async (t) => {
  const telemetry = { x: { '@pipe': [['{start.output.data.none}'], ['{@json.parse}']] } };
  const app = await graphApp(sql, flow({ type: 'worker', topic: 'act', telemetry }, false));
  t.like(await app.publish('flow', { id: 'tm' }), { status: 1, error: null });
  const [claim] = await app.exchange(await app.worker(['act']));
  t.is(claim?.options.metadata['telemetry'], undefined);
});
