import test from 'ava';
import { engine } from '../support/engine';
import { PLAYS, tryGraph } from '../support/graph-trial';
import { seeded } from '../support/seed';

const sql = engine();
const MINUTES = Number(process.env['MINUTES'] ?? 5);

test('thousands of random graphs come to what the grammar says', async (t) => {
  t.timeout(2 * MINUTES * 60_000);
  const random = seeded(t);
  const end = performance.now() + MINUTES * 60_000;
  const seen = { jobs: 0, runs: 0, stopped: 0, most: 0 };
  while (performance.now() < end) {
    const seed = random.below(1_000_000_000);
    const { faults, graphs, runs, stopped } = await tryGraph(sql, seed);
    t.deepEqual(faults, [], `${seed} ${JSON.stringify(graphs)}`);
    seen.jobs += PLAYS;
    seen.runs += runs;
    seen.most = Math.max(seen.most, runs);
    seen.stopped += stopped;
  }
  t.log(JSON.stringify(seen));
  t.true(seen.runs > 4 * seen.jobs, 'most jobs are more than a trigger');
  t.true(seen.stopped < seen.jobs / 2, 'most jobs end by themselves');
});
