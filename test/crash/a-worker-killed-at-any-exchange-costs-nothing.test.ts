import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';
import { SHAPES } from '../support/shapes';

// A sample by seed; test/long/ has every point.
const SMALL = new Set(['hooks', 'generations', 'scopes']);

for (const shape of Object.keys(SHAPES)) {
  test.serial(`${shape}: a killed workflow worker costs nothing`, async (t) => {
    const sample = SMALL.has(shape) ? { points: 2, doubles: 1 } : { points: 4, doubles: 1 };
    await tryCrashes(t, shape, 'workflow', sample);
  });
}
