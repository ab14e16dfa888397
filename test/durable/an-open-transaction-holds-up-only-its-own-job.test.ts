import test from 'ava';
import { Client } from 'pg';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;

async function waiting(id: string) {
  return workflow.condition(id);
}

test.serial('a job locked by somebody waits, the others go on', async (t) => {
  const { url, connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: waiting });
  const start = (workflowId: string) =>
    client.workflow.start(waiting, { taskQueue: 'q', workflowId, args: [workflowId] });
  const locked = await start('locked');
  const session = new Client({ connectionString: url });
  await session.connect();
  t.teardown(() => session.end());
  await session.query('begin');
  await locked.terminate({ tx: session });
  await client.workflow.signal('locked', 1);
  for (let index = 0; index < 20; index += 1) {
    const free = await start(`free-${index}`);
    await client.workflow.signal(`free-${index}`, index);
    t.is(await free.result(), index);
  }
  await session.query('rollback');
  t.is(await locked.result(), 1);
});
