import test from 'ava';
import { allPoints, tryTransactionCrashes } from '../support/transaction-crashes';

for (const place of ['here', 'there'] as const) {
  test.serial(place, async (t) => {
    t.timeout(600_000);
    await tryTransactionCrashes(t, place, allPoints);
  });
}
