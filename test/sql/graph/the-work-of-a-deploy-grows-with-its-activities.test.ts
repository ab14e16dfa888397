import test from 'ava';
import { engine } from '../../support/engine';
import type { Graph } from '../../support/graph';
import { workMeter } from '../../support/work-meter';

const sql = engine();

/** So many hooks beside each other, each of which reads the trigger. */
function hooks(count: number): Graph {
  const activities: Graph['activities'] = { t: { type: 'trigger' } };
  const to: { to: string }[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = `h${at}`;
    activities[id] = { type: 'hook', output: { maps: { v: '{t.output.data.v}' } } };
    to.push({ to: id });
  }
  return { activities, transitions: { t: to }, subscribes: 'wanted' };
}

const FEW = 40;
const TIMES = 4;

/** Rows that the statements which compile a version touch, by statement. */
async function compileWork(count: number) {
  const client = await sql.pool().connect();
  const document = JSON.stringify({
    app: { id: sql.name(), version: '1', graphs: [hooks(count)] },
  });
  try {
    const meter = await workMeter(client);
    const { work } = await meter.measure(1, () =>
      client.query('select ratchet.deploy($1)', [document]),
    );
    await meter.end();
    return [...work]
      .filter(([text]) => text.includes('pdate ratchet_internal.graph_activities'))
      .reduce((sum, [, rows]) => sum + rows, 0);
  } finally {
    client.release();
  }
}

test.serial(
  'four times as many activities beside each other make four times the work',
  async (t) => {
    const few = await compileWork(FEW);
    const many = await compileWork(FEW * TIMES);
    t.true(many < few * TIMES * 1.5, `${many} rows against ${few}`);
  },
);
