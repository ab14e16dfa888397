import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;
const activities = {
  async add(a: number, b: number) {
    return a + b;
  },
};
const { add } = workflow.proxyActivities<typeof activities>();

/** Its own child is one generation further from the root. */
async function generation(left: number): Promise<number> {
  if (left === 0) return 0;
  return 1 + (await workflow.executeChild(generation, { args: [left - 1] }));
}

test.serial('5.5 children are told of five levels deep, or as deep as is asked', async (t) => {
  const { connection, client } = await durableTest(t);
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: generation });
  const handle = await client.workflow.start(generation, { taskQueue: 'q', args: [6] });
  t.is(await handle.result(), 6);
  const depth = async (max_depth?: number) => {
    const options = max_depth === undefined ? {} : { max_depth };
    let told = await handle.exportExecution({ mode: 'verbose', ...options });
    let levels = 0;
    for (; told.children?.[0] !== undefined; levels += 1) {
      told = told.children[0] as typeof told;
    }
    t.deepEqual(told.children, []);
    return levels;
  };
  t.deepEqual([await depth(), await depth(1), await depth(6), await depth(99)], [5, 1, 6, 6]);
  const [start] = (await handle.exportExecution()).events;
  t.deepEqual(start?.attributes['input'], {}, 'no search data');
});

async function renewed(round: number): Promise<string> {
  if (round === 0) await workflow.hook({ taskQueue: 'q', workflowName: 'hooked', args: [] });
  await add(round, 1);
  if (round === 11) await workflow.condition('renewed');
  return round < 11 ? workflow.continueAsNew(round + 1) : 'last';
}

async function hooked() {
  await add(100, 1);
}

test.serial('5.4, 5.5 generations come in their order, then hooks; and all is told', async (t) => {
  const { connection, client } = await durableTest(t);
  for (const run of [renewed, hooked]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run, activities });
  }
  const handle = await client.workflow.start(renewed, { taskQueue: 'q', args: [0] });
  const steps = async () => (await handle.export({ allow: ['timeline'] })).timeline ?? [];
  const isHookDone = async () =>
    (await steps()).some(({ dimension, value }) => dimension === '0,0' && 'data' in Object(value));
  await waitFor('the hook has ended', isHookDone);
  await client.workflow.signal('renewed');
  t.is(await handle.result(), 'last');
  const dimensions = (await steps()).map(({ dimension }) => dimension);
  const numbers = Array.from({ length: 11 }, (_, n) => `$${n + 1}`);
  t.deepEqual([...new Set(dimensions)], [undefined, ...numbers, '0,0']);
  const { transitions = [] } = await handle.export({ allow: ['transitions'] });
  t.not(transitions.at(-1)?.dimensions, ',0,0', 'by creation, across threads');
  const times = transitions.map(({ created }) => created);
  t.deepEqual(times, times.toSorted());
  const { summary, events } = await handle.exportExecution();
  t.like(summary.activities, { total: 13, completed: 13 });
  t.is(summary.signals, 1);
  t.is(events.filter(({ event_type: type }) => type === 'workflow_execution_started').length, 1);
  t.is(events.at(-1)?.event_type, 'workflow_execution_completed');
});
