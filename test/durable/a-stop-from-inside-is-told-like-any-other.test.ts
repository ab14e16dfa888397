import test from 'ava';
import { Durable, type SystemEvent } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

async function asking(id: string) {
  return workflow.condition(id, { role: 'approver' });
}

async function stopping(id: string) {
  return workflow.terminate(id, { suppress: true });
}

async function asksAndStops() {
  void workflow.condition('own', { role: 'approver' });
  await workflow.terminate(workflow.workflowInfo().workflowId);
}

test.serial('21: tasks that go with a job are told of once, whoever stopped it', async (t) => {
  const { connection, pool } = await durableTest(t);
  const told: SystemEvent[] = [];
  const events = { publish: (event: SystemEvent) => void told.push(event) };
  const client = new Durable.Client({ connection, events });
  for (const run of [asking, stopping, asksAndStops]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, events });
  }
  const of = (verb: string) =>
    told
      .filter(({ type }) => type.startsWith('system.escalation.') && type.endsWith(`.${verb}`))
      .map(({ workflow_id }) => workflow_id);
  const start = (workflowName: string, workflowId: string, ...args: string[]) =>
    client.workflow.start({ taskQueue: 'q', workflowName, workflowId, args });
  await start('asking', 'a', 'answer a');
  const other = await start('asking', 'b', 'answer b');
  await waitFor('both tasks', () => of('created').length === 2);
  t.is(await (await start('stopping', 's1', 'a')).result(), true);
  await waitFor('it is told', () => of('cancelled').includes('a'));
  // It has stopped already: nothing more is to be told.
  t.is(await (await start('stopping', 's2', 'a')).result(), false);
  await client.workflow.getHandle('q', 'asking', 'a').terminate({ suppress: true });
  await other.terminate();
  await waitFor('the other is told', () => of('cancelled').includes('b'));
  const itself = await start('asksAndStops', 'c');
  await t.throwsAsync(itself.result(), { code: 410 });
  await waitFor('the last is told', () => of('cancelled').includes('c'));
  t.deepEqual(of('cancelled'), ['a', 'b', 'c']);
  t.is(new Set(told.map(({ event_id }) => event_id)).size, told.length);
  t.deepEqual((await pool.query('select * from ratchet.check_invariants()')).rows, []);
});
