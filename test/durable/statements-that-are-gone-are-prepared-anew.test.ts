import test from 'ava';
import { Durable } from '../../driver';
import { testDatabase } from '../support/cluster';
import { metConnection } from '../support/met-connection';

async function add(a: number, b: number) {
  return a + b;
}

const { add: added } = Durable.workflow.proxyActivities<{ add: typeof add }>({
  activities: { add },
});

async function sum(...all: number[]) {
  let total = 0;
  for (const each of all) total = await added(total, each);
  return total;
}

test.serial('a pooler gives each statement another session', async (t) => {
  t.timeout(60_000);
  const { url } = await testDatabase(t);
  t.teardown(() => Durable.shutdown());
  const known = new WeakMap<object, Set<string>>();
  let missed = 0;
  const connection = metConnection(url, ({ statement: { name }, client }) => {
    if (name === undefined) return false;
    const names = known.get(client) ?? new Set();
    known.set(client, names.add(name));
    void client.query('deallocate all'); // as another session: it knows none of these names
    if (names.size > 1) missed += 1;
    return false;
  });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: sum });
  const client = new Durable.Client({ connection });
  const start = (workflowId: string) =>
    client.workflow.start({ taskQueue: 'q', workflowName: 'sum', workflowId, args: [1, 2, 3] });
  for (const id of ['first', 'second', 'third']) {
    const handle = await start(id);
    t.is(await handle.result(), 6);
  }
  t.true(missed > 0);
});
