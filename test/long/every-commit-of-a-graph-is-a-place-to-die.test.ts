import test from 'ava';
import { tryGraphCrashes } from '../support/graph-crash-matrix';

test('a process that runs a graph may be killed before, in and after every commit', async (t) => {
  t.timeout(3_600_000);
  await tryGraphCrashes(t);
});
