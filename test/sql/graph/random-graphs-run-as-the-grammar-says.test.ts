import test from 'ava';
import { engine } from '../../support/engine';
import { tryGraph } from '../../support/graph-trial';
import { seeded } from '../../support/seed';

const sql = engine();

// A sample by seed; test/long/ tries many.
const GRAPHS = 10;

test('random graphs come to what an interpreter of the grammar makes of them', async (t) => {
  const random = seeded(t);
  for (let at = 0; at < GRAPHS; at += 1) {
    const seed = random.below(1_000_000_000);
    const { faults, graphs } = await tryGraph(sql, seed);
    t.deepEqual(faults, [], `${seed} ${JSON.stringify(graphs)}`);
  }
});
