// Run with: node --import tsx --test examples/testing/trial.test.ts (any test runner will do).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { replay } from 'pgratchet';
import { testEnvironment, type TestEnvironment } from 'pgratchet/testing';
import { trial } from './trial';

let env: TestEnvironment;

before(async () => {
  // Without a server it starts a Postgres of its own.
  const server = process.env.DATABASE_URL;
  env = await testEnvironment(server === undefined ? {} : { server });
  await env.worker(trial, { activityQueues: ['shop'] });
});

// Also checks that every rule of the engine holds.
after(() => env.stop());

const start = (customer: string) =>
  env.client.workflow.start(trial, { taskQueue: 'trial', args: [customer] });

void test('after thirty days the customer pays', async () => {
  const calls = env.mock({ charge: async () => 'receipt 7', mail: async () => undefined });
  const handle = await start('ada');
  assert.equal(await handle.result(), 'customer'); // at once: nobody else needs the time
  assert.deepEqual(calls.charge, [['ada', 995]]);
  await env.assertHistory(handle, ['activity mail', 'sleep', 'activity charge', 'activity mail']);
  // In CI: histories exported from production, against the code that is to be deployed.
  assert.ok((await replay(await handle.exportHistory(), trial)).fits);
});

void test('a payment that fails for good is a goodbye', async () => {
  const calls = env.mock({
    charge: async () => {
      throw new Error('card expired');
    },
    mail: async () => undefined,
  });
  const handle = await start('bob');
  await env.sleep('29 days');
  assert.deepEqual(calls.charge, []);
  assert.equal(await handle.result(), 'gone');
  assert.equal(calls.charge.length, 4); // retried after 10, 100 and 120 seconds, all skipped
  assert.deepEqual(calls.mail, [
    ['bob', 'welcome'],
    ['bob', 'goodbye'],
  ]);
});
