import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';

const SMALL = new Set(['data']);

for (const shape of ['sequence', 'fan', 'retries', 'family', 'data']) {
  test.serial(`${shape}: a killed worker of remote steps costs nothing`, async (t) => {
    const sample = SMALL.has(shape) ? { points: 2, doubles: 0 } : { points: 3, doubles: 1 };
    await tryCrashes(t, shape, 'remote', sample);
  });
}
