import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';

for (const shape of ['sequence', 'fan', 'retries', 'family']) {
  test.serial(`${shape}: a killed worker of remote steps costs nothing`, async (t) => {
    await tryCrashes(t, shape, 'remote', { points: 3, doubles: 1 });
  });
}
