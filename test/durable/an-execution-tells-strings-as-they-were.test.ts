import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

const { workflow } = Durable;
const mirror = {
  encode: (text: string) => [...text].reverse().join(''),
  decode: (text: string) => [...text].reverse().join(''),
};
const activities = { plain: async (value: unknown) => value };
const { plain } = workflow.proxyActivities<typeof activities>({ activities });

test.afterEach.always(() => Durable.registerCodec(null));

async function carried(given: unknown): Promise<unknown> {
  return plain(given);
}
async function marked(name: string): Promise<string> {
  await (await workflow.search()).set({ plain: name, nested: '/s:x' });
  await workflow.executeChild('carried', {
    args: [name],
    workflowId: `of ${workflow.workflowInfo().workflowId}`,
  });
  await plain([name]);
  return name;
}

test.serial('18: the events of an execution hold strings as they were', async (t) => {
  const { client, connection } = await durableTest(t);
  for (const run of [marked, carried]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  for (const [at, codec] of [null, mirror].entries()) {
    Durable.registerCodec(codec);
    const name = '/b:drive';
    const options = { taskQueue: 'q', workflowId: `${name} ${at}`, args: [name] as [string] };
    const handle = await client.workflow.start(marked, options);
    t.is(await handle.result(), name);
    const told = await handle.exportExecution();
    t.is(told.workflow_id, `${name} ${at}`);
    t.is(told.result, name);
    t.deepEqual(told.events[0]?.attributes['input'], { plain: name, nested: '/s:x' });
    const asked = { mode: 'verbose', enrich_inputs: true, include_stream_history: true } as const;
    const all = await handle.exportExecution(asked);
    const of = (type: string) => all.events.find((each) => each.event_type === type)?.attributes;
    t.deepEqual(of('workflow_execution_started')?.['input'], [name]);
    t.deepEqual(of('activity_task_scheduled')?.['input'], [[name]]);
    t.deepEqual(of('activity_task_completed')?.['result'], [name]);
    t.is(of('child_workflow_execution_completed')?.['result'], name);
    t.is(all.children?.[0]?.result, name);
    t.deepEqual(all.stream_history?.[0]?.data, [[name]]);
  }
});
