import test from 'ava';
import type { DatabaseError } from 'pg';
import { engine } from '../../support/engine';
import {
  flat,
  problemsOf,
  stats,
  trigger,
  worker,
  type ProblemCase,
} from '../../support/graph-documents';

const sql = engine();

const cases: ProblemCase[] = [
  // The document and its app.
  [1, '', null, 'the document is the number 1 and should be an object'],
  [{}, '', null, 'the document has no graph'],
  [
    { app: { id: 'shop', version: '1', graphs: [] } },
    'app.graphs',
    null,
    'the document has no graph',
  ],
  [
    { app: { id: 'other', graphs: [flat({})] } },
    'app.id',
    null,
    'the document is of app "other" and is deployed to app "shop"',
  ],
  [{ app: { id: 'a b', graphs: [flat({})] } }, 'app.id', null, 'the app id "a b" is invalid'],
  [
    { version: 'one', ...flat({}) },
    'version',
    null,
    'the version "one" does not look like a number',
  ],
  [{ graphs: 1 }, 'graphs', null, '"graphs" is the number 1 and should be a list'],
  [{ graphs: [7] }, 'graphs.0', null, 'graph is the number 7 and should be an object'],
  // Graphs.
  [{ activities: { a: worker } }, 'activities', null, 'the graph has no trigger'],
  [{ activities: {} }, '', null, 'the graph has no activities'],
  [
    { activities: { t: trigger, t2: trigger } },
    'activities.t2.type',
    't2',
    'the graph has 2 triggers: t, t2',
  ],
  [
    {
      graphs: [
        { subscribes: 'x', ...flat({}) },
        { subscribes: 'x', activities: { t2: trigger } },
      ],
    },
    'graphs.1.subscribes',
    null,
    'two graphs subscribe to "x"',
  ],
  [
    { graphs: [flat({}), { activities: { t2: trigger } }] },
    'graphs.1',
    null,
    'two graphs have no subscribes',
  ],
  [{ subscribes: '.x', ...flat({}) }, 'subscribes', null, 'subscribes ".x" is no topic'],
  [{ publishes: '', ...flat({}) }, 'publishes', null, 'publishes "" is no topic'],
  [
    { expire: '1 day', ...flat({}) },
    'expire',
    null,
    'expire is the text "1 day" and should be a number or an expression',
  ],
  // Activities.
  [
    {
      graphs: [
        { subscribes: 'x', ...flat({}) },
        { subscribes: 'y', ...flat({}) },
      ],
    },
    'graphs.1.activities.t',
    't',
    'the activity id "t" is used twice',
  ],
  [flat({ 'a.b': worker }), 'activities.a.b', 'a.b', 'the activity id "a.b" is invalid'],
  [flat({ $a: worker }), 'activities.$a', '$a', 'the activity id "$a" is invalid'],
  [flat({ a: 1 }), 'activities.a', 'a', 'activity is the number 1 and should be an object'],
  [flat({ a: {} }), 'activities.a', 'a', 'the activity has no type'],
  [flat({ a: { type: 'workr' } }), 'activities.a.type', 'a', 'unknown type "workr"'],
  [flat({ a: { type: 'emit' } }), 'activities.a.type', 'a', 'unknown type "emit"'],
  [flat({ a: { type: 'worker' } }), 'activities.a', 'a', 'the worker has no topic'],
  [flat({ a: { type: 'await' } }), 'activities.a', 'a', 'the await has no topic'],
  [flat({ a: { type: 'signal' } }), 'activities.a', 'a', 'the signal has no topic'],
  [
    flat({ a: { type: 'worker', topic: 5 } }),
    'activities.a.topic',
    'a',
    'the topic is the number 5',
  ],
  [
    flat({ a: { ...worker, input: { maps: 3 } } }),
    'activities.a.input.maps',
    'a',
    '"maps" is the number 3 and should be an object',
  ],
  [
    flat({ a: { ...worker, emit: 'yes' } }),
    'activities.a.emit',
    'a',
    'emit is the text "yes" and should be true, false or an expression',
  ],
  [
    flat({ a: { ...worker, retry: { 500: 3 } } }),
    'activities.a.retry.500',
    'a',
    'the retries of code 500 are the number 3',
  ],
  [
    flat({ a: { type: 'hook', sleep: [] } }),
    'activities.a.sleep',
    'a',
    'sleep is a list and should be a number or an expression',
  ],
  [
    flat({ a: { ...worker, job: { maps: { 'l[0]': [] } } } }),
    'activities.a.job.maps.l[0]',
    'a',
    'l[0] has more slots than 10000, or none',
  ],
  // Statistics.
  [
    stats({ key: 'k', granularity: '2h' }),
    'activities.t.stats.granularity',
    't',
    'unknown granularity "2h"',
  ],
  [
    stats({ measures: [{ measure: 'mean', target: '{$self.input.data.x}' }] }),
    'activities.t.stats.measures.0.measure',
    't',
    'unknown measure "mean"',
  ],
  [
    stats({ measures: [{ measure: 'count', target: 'x' }] }),
    'activities.t.stats.measures.0.target',
    't',
    'the target of a measure is the text "x"',
  ],
  [
    stats({ measures: [{ measure: 'count' }] }),
    'activities.t.stats.measures.0',
    't',
    'the measure has no target',
  ],
  // Cycles.
  [flat({ a: { type: 'cycle' } }), 'activities.a', 'a', 'the cycle has no ancestor'],
  [
    flat({ a: { type: 'cycle', ancestor: 'pivt' }, pivot: worker }),
    'activities.a.ancestor',
    'a',
    'the ancestor "pivt" does not exist',
  ],
  [
    flat({ a: { type: 'cycle', ancestor: 'b' }, b: worker }),
    'activities.a.ancestor',
    'a',
    'the ancestor "b" is not on the path from the trigger to "a"',
  ],
  [
    flat({ a: { type: 'cycle', ancestor: 't' } }),
    'activities.a.ancestor',
    'a',
    'the ancestor "t" is the trigger',
  ],
  // Signals.
  [
    flat({ a: { type: 'signal', topic: 'h', subtype: 'some' } }),
    'activities.a.subtype',
    'a',
    'unknown subtype "some"',
  ],
  [
    flat({ a: { type: 'signal', topic: 'h', status: 'open' } }),
    'activities.a.status',
    'a',
    'unknown status "open"',
  ],
  [
    flat({ a: { type: 'signal', topic: 'h', code: 500 } }),
    'activities.a.code',
    'a',
    'unknown code "500"',
  ],
  [
    flat({ a: { type: 'signal', topic: 'h', status: 'pending', code: 200 } }),
    'activities.a.code',
    'a',
    'status pending does not go with code 200',
  ],
  [
    flat({
      a: { type: 'signal', topic: '{$job.data.x}', subtype: 'all', key_name: 'n', key_value: 'v' },
    }),
    'activities.a.topic',
    'a',
    'a signal to all needs a topic that is known at deploy',
  ],
  [
    flat({ a: { type: 'signal', topic: 'h', subtype: 'all', key_name: 'n' } }),
    'activities.a',
    'a',
    'a signal to all has no key_value',
  ],
];

test.serial('a number that Postgres has no room for is a problem of its document', async (t) => {
  for (const number of ['1e200000', '-1e400000', '1e-20000']) {
    const document = JSON.stringify(flat({ a: { type: 'hook', sleep: 7 } })).replace('7', number);
    const error = await t.throwsAsync<DatabaseError>(
      sql.value('select ratchet.deploy($1, $2)', [document, sql.name()]),
    );
    t.is(error.code, 'WF106', number);
    t.regex(error.detail ?? '', /a number of the document is too large, or too small/);
  }
});

for (const [index, [document, path, activity, message]] of cases.entries()) {
  test.serial(`${index}: ${message}`, async (t) => {
    const found = await problemsOf(sql, document);
    const shown = found.map((each) => ({ ...each, path: each.path.join('.') }));
    const problem = shown.find((each) => each.path === path && each.message === message);
    t.is(problem?.severity, 'error', JSON.stringify(shown, null, 1));
    if (activity !== null) t.is(problem?.activity, activity);
  });
}
