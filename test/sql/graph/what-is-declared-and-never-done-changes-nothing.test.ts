import test from 'ava';
import { codeOf, engine } from '../../support/engine';
import { graphApp } from '../../support/graph';

const sql = engine();

const idle = { persistent: true, settings: { a: 1 }, eventName: 'e', timeout: 1, collationInt: 7 };
const stall = { statusThresholdType: 'stall' };
const schema = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { type: 'number' }, color: { type: 'string', default: 'red' } },
};
const measures = ['count', 'max', 'min'].map((measure) => ({
  ...{ measure, target: '{$self.input.data.amount}' },
}));

/** A graph with everything that the grammar knows and nothing does, and its child. */
const parent = {
  ...{ subscribes: 'parent', persistent: true, input: { schema }, output: { schema } },
  activities: {
    start: {
      ...{ type: 'trigger', ...idle },
      stats: {
        ...{ id: '{$self.input.data.id}', key: 'all', granularity: 'infinity', measures },
        ...{ parent: '{$self.input.data.id}', adjacent: 'x' },
      },
      job: { maps: { amount: '{$self.output.data.amount}', color: '{$self.output.data.color}' } },
    },
    call: {
      ...{ type: 'await', topic: 'child', ...idle, ...stall },
      input: { maps: { id: '{start.output.data.child}' } },
    },
    end: {
      ...{ type: 'hook', ...idle, ...stall },
      job: { maps: { app: '{$app.id}', graph: '{$graph.subscribes}', ended: true } },
    },
  },
  transitions: { start: [{ to: 'call' }], call: [{ to: 'end' }] },
};
const child = {
  subscribes: 'child',
  activities: {
    first: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    hold: { type: 'hook', sleep: 1000 },
  },
  transitions: { first: [{ to: 'hold' }] },
};
const killer = {
  subscribes: 'killer',
  activities: {
    k: { type: 'trigger' },
    kill: { type: 'interrupt', target: '{k.output.data.id}', descend: true },
  },
  transitions: { k: [{ to: 'kill' }] },
};

interface Manifest {
  warnings: { path: string[]; message: string }[];
}

test.serial('15: options without effect are warned of, each by its path', async (t) => {
  const { app } = await graphApp(sql, parent, child, killer);
  const settings = { any: ['thing'] };
  const document = { app: { id: app, version: '2', settings, graphs: [parent, child, killer] } };
  const { warnings } = await sql.value<Manifest>('select ratchet.deploy($1)', [
    JSON.stringify(document),
  ]);
  const told = warnings.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
  const named = (where: string, ...names: string[]) =>
    names.map((name) => `0.${where}${name}: option "${name}" has no effect`);
  const each = Object.keys(idle);
  const undefinedOnes = ['app', 'graph'].map(
    (name) => `0.activities.end.job.maps.${name}: reference {$${name}.`,
  );
  const expected = [
    ...named('', 'persistent'),
    ...named('activities.start.', ...each),
    ...named('activities.start.stats.', 'parent', 'adjacent'),
    ...named('activities.call.', ...each, 'statusThresholdType'),
    ...named('activities.end.', ...each, 'statusThresholdType'),
    '2.activities.kill.descend: option "descend" has no effect',
  ];
  t.deepEqual(told.filter((line) => line.includes('has no effect')).sort(), expected.sort());
  for (const start of undefinedOnes) t.true(told.some((line) => line.startsWith(start)));
  t.is(warnings.length, expected.length + 2);
});

test.serial('15: a job runs as if they were not there', async (t) => {
  const app = await graphApp(sql, parent, child, killer);
  const state = await app.publish('parent', { id: 'p', child: 'c', amount: 'no number' });
  t.is(state.status, 1, 'no schema is looked at');
  t.deepEqual(state.data, { amount: 'no number' }, 'nor is a default');
  t.deepEqual(state.metadata['pj'], undefined);
  const stats = await sql.value<{ count: number; measures: unknown[] }>(
    'select ratchet.graph_stats($1, $2, $3)',
    ['parent', '{}', app.app],
  );
  t.is(stats.count, 1);
  t.deepEqual(stats.measures, [{ target: 'amount:no number', type: 'count', value: 1 }]);

  await app.publish('killer', { id: 'p' });
  t.like(await app.state('p'), { error: { code: 410 } });
  t.is((await app.state('c')).status, 1, 'a child goes on without its parent');
  await app.interrupt('c', { throw: false, expire: 600 });

  await app.publish('parent', { id: 'q', child: 'd', amount: 1 });
  await app.interrupt('d', { throw: false, expire: 600 });
  await app.run();
  t.deepEqual((await app.state('q')).data, { amount: 1, ended: true });
  const kept = 'select expire_seconds::int from ratchet.jobs where key = $1 and namespace = $2';
  t.is(await sql.value(kept, ['q', app.space]), 1, 'persistent keeps nothing');
});

test.serial('15: a reserved id is not resumed, and emit is no type', async (t) => {
  const app = await graphApp(sql, child);
  await app.publish('child', { id: 'r' }, { pending: 600 });
  t.is(await codeOf(app.publish('child', { id: 'r' })), 'WF301');
  t.is((await app.state('r')).status, -1);
  await sql.rows('select ratchet.scrub($1, $2)', ['r', app.app]);
  const emit = { activities: { t: { type: 'trigger' }, e: { type: 'emit' } } };
  const document = { ...emit, transitions: { t: [{ to: 'e' }] } };
  t.is(await codeOf(app.deploy('2', { subscribes: 'x', ...document })), 'WF106');
});
