import test from 'ava';
import { assertReplays } from '../support/turn-replays';

const RUNS = 20_000;

test('twenty thousand random programs replay from every moment', async (t) => {
  t.timeout(3_600_000);
  await assertReplays(t, RUNS);
});
