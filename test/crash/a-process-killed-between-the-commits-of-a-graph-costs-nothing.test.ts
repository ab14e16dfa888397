import test from 'ava';
import { tryGraphCrashes } from '../support/graph-crash-matrix';

// A sample by seed; test/long/ has every point.
test('a process that runs a graph may be killed around any commit', async (t) => {
  await tryGraphCrashes(t, 4);
});
