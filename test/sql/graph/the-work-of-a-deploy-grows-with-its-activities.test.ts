import test from 'ava';
import { engine } from '../../support/engine';
import type { Graph } from '../../support/graph';
import { workMeter } from '../../support/work-meter';

const sql = engine();

/** So many hooks, each of which reads the trigger, behind what `before` says of their numbers. */
function hooks(count: number, before: (at: number) => string): Graph {
  const activities: Graph['activities'] = { t: { type: 'trigger' } };
  const transitions: Record<string, { to: string }[]> = {};
  for (let at = 0; at < count; at += 1) {
    activities[`h${at}`] = { type: 'hook', output: { maps: { v: '{t.output.data.v}' } } };
    (transitions[before(at)] ??= []).push({ to: `h${at}` });
  }
  return { activities, transitions, subscribes: 'wanted' };
}

const beside = (count: number) => hooks(count, () => 't');
const inRow = (count: number) => hooks(count, (at) => (at === 0 ? 't' : `h${at - 1}`));

/** A row of hooks with a way back from every eighth to the second one before it. */
function loops(count: number): Graph {
  const graph = inRow(count);
  for (let at = 7; at < count; at += 8) {
    const maps = { v: `{h${at - 1}.output.data.v}` };
    graph.activities[`c${at}`] = { type: 'cycle', ancestor: `h${at - 2}`, input: { maps } };
    const conditions = { code: 500 };
    (graph.transitions![`h${at}`] ??= []).push({ to: `c${at}`, conditions });
  }
  return graph;
}

const FEW = 64;
const TIMES = 4;

/** Rows that the statements of a deploy touch. */
async function deployWork(graph: Graph) {
  const client = await sql.pool().connect();
  const document = JSON.stringify({ app: { id: sql.name(), version: '1', graphs: [graph] } });
  try {
    const meter = await workMeter(client);
    const { work } = await meter.measure(1, () =>
      client.query('select ratchet.deploy($1)', [document]),
    );
    await meter.end();
    return [...work.values()].reduce((sum, rows) => sum + rows, 0);
  } finally {
    client.release();
  }
}

for (const [title, graphOf] of [
  ['activities beside each other', beside],
  ['activities in a row', inRow],
  ['activities in a row of loops', loops],
] as const) {
  test.serial(`four times as many ${title} make four times the work`, async (t) => {
    const few = await deployWork(graphOf(FEW));
    const many = await deployWork(graphOf(FEW * TIMES));
    t.true(many < few * TIMES * 1.25, `${many} rows against ${few}`);
  });
}
