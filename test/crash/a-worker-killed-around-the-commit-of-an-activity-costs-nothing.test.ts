import test from 'ava';
import type { Moment } from '../support/crash-point';
import { COMMIT, REPORT, tryTransactionCrashes } from '../support/transaction-crashes';

// test/long/ has every statement.
const at = (place: number, when: Moment) => ({ at: place, when, of: 'transaction' as const });

test.serial('in the process of its workflow', async (t) => {
  await tryTransactionCrashes(t, 'here', [at(REPORT, 'received'), at(COMMIT, 'sent')]);
});

test.serial('claimed from a queue', async (t) => {
  await tryTransactionCrashes(t, 'there', [at(COMMIT, 'received')]);
});
