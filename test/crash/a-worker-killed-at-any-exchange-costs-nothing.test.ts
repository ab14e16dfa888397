import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';
import { SHAPES } from '../support/shapes';

// A sample by seed; test/long/ has every point.
const SMALL = new Set(['hooks', 'generations']);

for (const shape of Object.keys(SHAPES)) {
  test.serial(`${shape}: a killed workflow worker costs nothing`, async (t) => {
    const sample = SMALL.has(shape) ? { points: 3, doubles: 1 } : { points: 6, doubles: 2 };
    await tryCrashes(t, shape, 'workflow', sample);
  });
}
