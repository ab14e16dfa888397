import test from 'ava';
import { engine } from '../../support/engine';
import { byJob, graphApp } from '../../support/graph';

const sql = engine();

test.serial(
  '4.5, 11: only an index lists jobs, and what is scrubbed is listed no more',
  async (t) => {
    const graph = (topic: string, ...measures: string[]) => ({
      subscribes: topic,
      activities: {
        [`${topic}_start`]: {
          type: 'trigger',
          stats: {
            ...{ id: '{$self.input.data.id}', key: 'all', granularity: 'infinity' },
            measures: measures.map((measure) => ({ measure, target: '{$self.input.data.color}' })),
          },
        },
        [`${topic}_hold`]: { type: 'hook' },
      },
      transitions: { [`${topic}_start`]: [{ to: `${topic}_hold` }] },
      hooks: { [`${topic}.called`]: byJob(`${topic}_hold`) },
    });
    const app = await graphApp(
      ...([sql, graph('counted', 'count'), graph('listed', 'count', 'index')] as const),
      {
        subscribes: 'call',
        activities: {
          start: { type: 'trigger' },
          call: {
            ...{ type: 'signal', subtype: 'all', topic: 'listed.called', key_name: 'color' },
            ...{ key_value: 'red', scrub: true, resolver: { maps: { data: {} } } },
          },
        },
        transitions: { start: [{ to: 'call' }] },
      },
    );
    const ids = async (topic: string, facets: string[]) => {
      const { counts } = await sql.value<{ counts: { facet: string; count: number }[] }>(
        'select ratchet.graph_ids($1, $2, $3, $4)',
        [topic, '{}', facets, app.app],
      );
      return counts.map(({ facet, count }) => `${facet} ${count}`);
    };
    for (const [topic, at] of [
      ['counted', 1],
      ['listed', 1],
      ['listed', 2],
    ] as const) {
      await app.publish(topic, { id: `${topic}${at}`, color: 'red' });
    }
    t.deepEqual(await ids('counted', ['color:red']), []);
    t.deepEqual(await ids('counted', []), []);
    t.deepEqual(await ids('listed', []), ['color:red 2']);
    const all = (topic: string, query: object) =>
      sql.value<string[]>('select ratchet.signal_all($1, $2, $3, $4, $5)', [
        ...[`${topic}.called`, '{}', JSON.stringify(query), ['color:red'], app.app],
      ]);
    t.deepEqual(await all('counted', {}), []);
    await app.publish('call', { id: 'c1' });
    await app.run();
    t.is((await app.state('listed1')).status, 0);
    t.deepEqual(await ids('listed', ['color:red']), [], 'the activity has scrubbed');

    await app.publish('listed', { id: 'listed3', color: 'red' });
    t.deepEqual(await all('listed', { scrub: true }), ['0:color:red']);
    t.deepEqual(await ids('listed', ['color:red']), [], 'the call has scrubbed');
    const count = 'select (ratchet.graph_stats($1, $2, $3) ->> $4)::int';
    t.is(await sql.value(count, ['listed', '{}', app.app, 'count']), 3, 'statistics are kept');
  },
);
