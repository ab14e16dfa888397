import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';
import { SHAPES } from '../support/shapes';

// A sample by seed; test/long/ has every point.
const SAMPLE = { points: 2, doubles: 1 };

for (const shape of Object.keys(SHAPES)) {
  test.serial(`${shape}: a killed workflow worker costs nothing`, async (t) => {
    await tryCrashes(t, shape, 'workflow', SAMPLE);
  });
}
