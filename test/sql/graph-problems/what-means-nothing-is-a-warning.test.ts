import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp, type Graph } from '../../support/graph';
import { flat, key, problemsOf, to, trigger, worker } from '../../support/graph-documents';

const sql = engine();

const warnings: [document: unknown, path: string, message: string, hint: RegExp | null][] = [
  [
    flat({ a: { ...worker, topik: 'x' } }),
    'activities.a.topik',
    'unknown option "topik"',
    /Did you mean "topic"/,
  ],
  [
    flat({ a: { ...worker, input: { mapss: {} } } }),
    'activities.a.input.mapss',
    'unknown option "mapss"',
    /Did you mean "maps"/,
  ],
  [
    flat({ a: { ...worker, zzzzzz: 1 } }),
    'activities.a.zzzzzz',
    'unknown option "zzzzzz"',
    /Known here: .*topic/,
  ],
  [
    flat({ a: { ...worker, sleep: 1 } }),
    'activities.a.sleep',
    'option "sleep" has no effect on an activity of type worker',
    null,
  ],
  [
    flat({ a: { type: 'hook', sleep: '5' } }),
    'activities.a.sleep',
    'sleep is the text "5", with which the hook does not wait',
    /seconds as a number/,
  ],
  [
    flat({ a: { type: 'hook', sleep: 1e300 } }),
    'activities.a.sleep',
    `sleep is the number 1${'0'.repeat(39)}, with which the hook does not wait`,
    /seconds as a number/,
  ],
  [
    flat({ a: { type: 'hook', sleep: null } }),
    'activities.a.sleep',
    'sleep is null, with which the hook does not wait',
    /seconds as a number/,
  ],
  [
    flat({ a: { type: 'await', topic: 'other', retry: { 500: [3] } } }),
    'activities.a.retry',
    'option "retry" has no effect on an activity of type await',
    /the workers in its graph/,
  ],
  [
    flat({ a: { ...worker, timeout: 1 } }),
    'activities.a.timeout',
    'option "timeout" has no effect',
    null,
  ],
  [
    { subscribe: 'x', ...flat({}) },
    'subscribe',
    'unknown option "subscribe"',
    /Did you mean "subscribes"/,
  ],
  [{ app: { graphs: [flat({})] }, extra: 1 }, 'extra', 'unknown option "extra"', null],
  [
    flat({ a: worker, b: { ...worker, input: { maps: { x: '{a.output.data.x}' } } } }),
    'activities.b.input.maps.x',
    'reference {a.output.data.x} to an activity that does not come before "b"',
    /job data/,
  ],
  [
    flat({ a: { ...worker, input: { maps: { x: '{$app.id}' } } } }),
    'activities.a.input.maps.x',
    'reference {$app.id} is always undefined',
    null,
  ],
  [
    flat({ a: { type: 'signal', topic: 'nobody' } }),
    'activities.a.topic',
    'no hook waits for the topic "nobody" in this document',
    null,
  ],
  [
    flat(
      { a: { type: 'cycle', ancestor: 'a' }, b: worker },
      { transitions: { t: to('a'), a: to('b') } },
    ),
    'transitions.a',
    'nothing follows an activity of type cycle',
    null,
  ],
  [
    flat(
      { a: { type: 'hook' } },
      { hooks: { yes: byJob('a'), no: byJob('a') }, transitions: { t: to('a') } },
    ),
    'hooks.yes.0.to',
    'the topic "yes" leads to "a", which waits under "no"',
    /give each topic a hook of its own/,
  ],
];

for (const [document, path, message, hint] of warnings) {
  test.serial(`warning at ${path}: ${message}`, async (t) => {
    const found = (await problemsOf(sql, document)).find(
      (each) => each.path.join('.') === path && each.message === message,
    );
    t.is(found?.severity, 'warning', JSON.stringify(await problemsOf(sql, document)));
    if (hint !== null) t.regex(found?.hint ?? '', hint);
  });
}

test.serial('every problem of a document is listed, in the order of the document', async (t) => {
  const found = await problemsOf(
    sql,
    flat({ a: { type: 'worker', topik: 1 }, b: { type: 'wait' } }),
  );
  t.deepEqual(
    found.map(({ path }) => path.join('.')),
    ['activities.a', 'activities.a.topik', 'activities.b.type'],
  );
});

test.serial('a document of any form in which nothing is wrong has no problems', async (t) => {
  const graph = flat(
    {
      a: {
        ...worker,
        input: { maps: { id: '{t.output.data.id}', 'x-note': 1 } },
        retry: { 500: [3] },
        telemetry: { id: '{t.output.data.id}' },
      },
      w: {
        type: 'hook',
        sleep: 60,
        escalation: { role: 'boss', metadata: { id: '{$job.metadata.jid}' } },
        telemetry: { at: '{$self.hook.data.timestamp}' },
      },
    },
    { hooks: { signed: [{ to: 'w', conditions: key }] }, 'x-owner': 'me' },
  );
  t.deepEqual(await problemsOf(sql, graph), []);
  t.deepEqual(await problemsOf(sql, { version: 2, graphs: [{ subscribes: 's', ...graph }] }), []);
  t.deepEqual(await problemsOf(sql, { app: { id: 'shop', version: '2.1', graphs: [graph] } }), []);
  t.deepEqual(await problemsOf(sql, { app: graph }), []);
});

test.serial('an optional part that is empty is not there, and the graph runs', async (t) => {
  const empty = { input: null, output: null, job: { maps: null }, telemetry: null };
  const graph = {
    subscribes: 'empty',
    activities: {
      t: { ...trigger, job: { maps: { n: null } }, stats: null },
      a: { type: 'hook', ...empty, escalation: null },
    },
    hooks: null,
  };
  for (const transitions of [null, { t: to('a'), a: null }]) {
    const activities = transitions === null ? { t: graph.activities.t } : graph.activities;
    t.deepEqual(await problemsOf(sql, { ...graph, activities, transitions }), []);
    const app = await graphApp(sql, { ...graph, activities, transitions } as unknown as Graph);
    t.like(await app.publish('empty'), { status: 0, data: { n: null } });
  }
  const wrong = await problemsOf(sql, { ...graph, activities: null, transitions: { t: 5 } });
  t.true(wrong.some(({ message }) => message === '"activities" is null and should be an object'));
});

test.serial('text of a document is never more than text', async (t) => {
  const evil = `'; drop schema ratchet cascade; -- %s %I $1 \\ "`;
  const found = await problemsOf(sql, {
    [evil]: 1,
    subscribes: evil,
    activities: {
      t: trigger,
      [evil]: { type: evil, topic: evil, [evil]: evil, input: { maps: { [evil]: evil } } },
    },
    transitions: { [evil]: [{ to: evil }] },
    hooks: { [evil]: [{ to: evil, conditions: { match: [{ expected: evil, actual: evil }] } }] },
  });
  t.true(found.length > 5);
  t.is(await sql.value(`select count(*)::int from pg_namespace where nspname = 'ratchet'`), 1);
});
