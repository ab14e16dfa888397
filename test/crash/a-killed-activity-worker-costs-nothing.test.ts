import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';

// A sample by seed; test/long/ has every point.
const SAMPLE = { points: 2, doubles: 1 };

for (const shape of ['sequence', 'fan', 'retries', 'family', 'data']) {
  test.serial(`${shape}: a killed worker of remote steps costs nothing`, async (t) => {
    await tryCrashes(t, shape, 'remote', SAMPLE);
  });
}
