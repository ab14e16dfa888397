import test from 'ava';
import { tryCrashes } from '../support/crash-matrix';
import { SHAPES } from '../support/shapes';

const AN_HOUR_MS = 3_600_000;

for (const shape of Object.keys(SHAPES)) {
  for (const victim of ['workflow', 'remote'] as const) {
    if (shape === 'waits' && victim === 'remote') continue; // it has no remote steps
    test.serial(`${shape}: a ${victim} worker may be killed at any exchange`, async (t) => {
      t.timeout(AN_HOUR_MS);
      await tryCrashes(t, shape, victim);
    });
  }
}
