import test, { type ExecutionContext } from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { StepTransactions } from '../../driver/database/step-transaction';
import { testDatabase } from '../support/cluster';
import { waitFor, within } from '../support/wait-for';

const { activity, workflow } = Durable;
const CLAIM = { workerId: '1', jobId: '1', address: '', position: 1, attempt: 1 };
const CLOSED = { code: 'WF303', message: /closed/ };

/** A client whose BEGIN is held back until it is let go. */
function heldBack() {
  const gate = { isReached: false, open: (): void => undefined };
  const opened = new Promise<void>((resolve) => (gate.open = resolve));
  class SlowClient extends Client {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every form of query
    override query(...args: any[]): any {
      const [config] = args as [string | { text: string }];
      const text = typeof config === 'string' ? config : config.text;
      const query = () => (super.query as (...all: unknown[]) => unknown)(...args);
      if (!text.startsWith('begin isolation')) return query();
      gate.isReached = true;
      return opened.then(query);
    }
  }
  return { gate, SlowClient };
}

async function transactions(t: ExecutionContext, options: object = {}) {
  const { url } = await testDatabase(t);
  return new StepTransactions({ connectionString: url, ...options });
}

test('one that is about to begin is refused, and its connection closed', async (t) => {
  const { gate, SlowClient } = heldBack();
  const held = await transactions(t, { Client: SlowClient });
  const refused = t.throwsAsync(held.begin(CLAIM), CLOSED);
  await waitFor('it is to begin', () => gate.isReached);
  const closed = held.close();
  gate.open();
  await within('the refusal', refused);
  await within('the end', closed, 5_000);
});

test('one that waits for the connection of another is refused', async (t) => {
  const held = await transactions(t, { max: 1 });
  await held.begin(CLAIM);
  const refused = t.throwsAsync(held.begin(CLAIM), CLOSED);
  await within('the end', held.close(), 5_000);
  await within('the refusal', refused, 5_000);
});

test('one that comes afterwards is refused, and makes no connection', async (t) => {
  const held = await transactions(t);
  await held.close();
  await t.throwsAsync(held.begin(CLAIM), CLOSED);
  await held.close();
});

test.serial('a shutdown does not wait for the activity', async (t) => {
  const { url } = await testDatabase(t);
  const { gate, SlowClient } = heldBack();
  const connection = { class: Client, options: { connectionString: url, Client: SlowClient } };
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  t.teardown(() => Durable.shutdown());
  t.teardown(() => finish());
  const activities = { write: () => activity.transaction(() => finished) };
  const { write } = workflow.proxyActivities<typeof activities>({ activities });
  async function writing() {
    return write();
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: writing });
  await new Durable.Client({ connection }).workflow.start(writing, { taskQueue: 'q' });
  await waitFor('it is to begin', () => gate.isReached);
  const ended = Durable.shutdown();
  // By then the shutdown has given up waiting for what is finished.
  setTimeout(gate.open, 6_000);
  await within('the shutdown', ended, 15_000);
  t.pass();
});
