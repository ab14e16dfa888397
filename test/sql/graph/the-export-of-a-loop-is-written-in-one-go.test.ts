import test from 'ava';
import { engine } from '../../support/engine';
import { graphApp, type Graph } from '../../support/graph';
import { workMeter, type Node } from '../../support/work-meter';

const sql = engine();

const add = { '@pipe': [['{pivot.output.data.n}', 1], ['{@math.add}']] };
const isLess = {
  '@pipe': [['{pivot.output.data.n}', '{start.output.data.max}'], ['{@conditional.less_than}']],
};

/** Counts to `max`, with a branch beside each pass. */
const loop: Graph = {
  subscribes: 'count',
  expire: 1000,
  activities: {
    start: { type: 'trigger', stats: { id: '{$self.input.data.id}' } },
    pivot: { type: 'hook', output: { maps: { n: 0 } } },
    beside: { type: 'hook', output: { maps: { seen: '{pivot.output.data.n}' } } },
    again: { type: 'cycle', ancestor: 'pivot', input: { maps: { n: add } } },
  },
  transitions: {
    start: [{ to: 'pivot' }],
    pivot: [
      { to: 'again', conditions: { match: [{ expected: true, actual: isLess }] } },
      { to: 'beside' },
    ],
  },
};

interface Output {
  output: { data?: unknown };
}

test('an export nests the runs by address, and no statement hands them to a loop', async (t) => {
  const app = await graphApp(sql, loop);
  const client = await sql.pool().connect();
  const handed: number[] = [];
  const meter = await workMeter(client, (plan: Node, text) => {
    if (text.includes('exported_steps(')) handed.push(Number(plan['Actual Rows']));
  });
  try {
    await app.publish('count', { id: 'job', max: 12 });
    await app.run();
    const { result } = await meter.measure(1, () =>
      client.query<{ process: Record<string, Record<string, Record<string, unknown>>> }>(
        `select ratchet.graph_export('job', $1) -> 'process' as process`,
        [app.app],
      ),
    );
    const runs = result.rows[0]?.process['0'] ?? {};
    const passes = Array.from({ length: 13 }, (_, n) => runs[String(n)]);
    t.is(Object.keys(runs).length, 14, 'the trigger, and each pass');
    passes.forEach((pass, n) => {
      t.deepEqual((pass?.['pivot'] as Output).output.data, { n });
      const below = pass?.['0'] as Record<string, Output>;
      t.deepEqual(below['beside']?.output.data, { seen: n });
      t.is('again' in below, n < 12);
    });
    t.true(handed.length > 0);
    t.true(
      handed.every((rows) => rows === 1),
      `rows that statements gave: ${handed.join(', ')}`,
    );
  } finally {
    await meter.end();
    client.release();
  }
});
