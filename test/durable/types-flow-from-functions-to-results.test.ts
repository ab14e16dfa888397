import test from 'ava';
import { Durable, Entity, Escalations } from '../../driver';
import type { Client, EscalationEntry, Types } from '../../driver';

const { workflow } = Durable;
interface Activities {
  price(item: string, count: number): Promise<{ total: number }>;
}

async function order(item: string, count: number) {
  const { price } = workflow.proxyActivities<Activities>();
  const { total } = await price(item, count);
  // @ts-expect-error the second argument is a number
  const wrong = () => price(item, 'two');
  // @ts-expect-error there is no such activity
  const unknown = () => workflow.proxyActivities<Activities>().refund(item);
  // @ts-expect-error a total is no text
  const text: string = total;
  return { total, text, wrong, unknown };
}

async function parent() {
  const handle = await workflow.startChild(order, { args: ['x', 1] });
  const { total } = await handle.result();
  // @ts-expect-error the child wants two arguments
  const wrong = () => workflow.executeChild(order, { args: ['x'] });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as programs write it
  const untyped = await workflow.executeChild<any>({ workflowName: 'order', args: ['x', 1] });
  const typed = await workflow.execChild<{ id: string }>({ workflowName: 'order' });
  const id: string = [untyped.id, typed.id].join();
  return { total, wrong, id };
}

async function withData() {
  const search = await workflow.search();
  const set: number = await search.set({ color: 'red', count: 2, isNew: true });
  const color: string = await search.get('color');
  // @ts-expect-error an attribute is text, a number or a boolean
  const nested = () => search.set({ color: { name: 'red' } });
  // @ts-expect-error a number is added
  const added = () => search.incr('count', '1');
  const entity = await workflow.entity<{ name: string; tags: string[] }>();
  const { name, tags } = await entity.merge({ name: 'Ada' });
  // @ts-expect-error the document has tags
  const replaced = () => entity.set({ name: 'Ada' });
  const other = await workflow.entity();
  const { size } = await other.set<{ size: number }>({ size: 1 });
  // @ts-expect-error the size is a number
  const sized = () => other.set<{ size: number }>({ size: '1' });
  const merged: number = (await other.merge<{ size: number }>({ color: 'red' })).size + size;
  const city = await entity.get<string>('address.city');
  // @ts-expect-error what a path leads to may be missing
  const length = () => city.length;
  return { set, color, nested, added, name, tags, replaced, length, merged, sized };
}

async function withThreads() {
  const hook = { taskQueue: 'q', workflowName: 'review', args: ['doc'] };
  const id: string = await workflow.hook({ ...hook, search: { data: { color: 'red' } } });
  // @ts-expect-error a hook answers by a signal, and only execHook waits for it
  const signalled = () => workflow.hook({ ...hook, signalId: 's' });
  const { ok } = await workflow.execHook<{ ok: boolean }>({ ...hook, signalId: 's' });
  // @ts-expect-error an answer has no such field
  const unknown = async () => (await workflow.execHook<{ ok: boolean }>(hook)).bad;
  const both = await workflow.execHookBatch<{ a: number; b: string }>([
    { key: 'a', options: hook },
    { key: 'b', options: hook },
  ]);
  const sum: number = both.a + both.b.length;
  // @ts-expect-error there is no such key
  const wrong = () => workflow.execHookBatch<{ a: number }>([{ key: 'c', options: hook }]);
  const isStopped: boolean = await workflow.terminate('id', { reason: 'enough', code: 410 });
  // @ts-expect-error a code is a number
  const stopped = () => workflow.terminate('id', { code: '410' });
  const isNew: boolean = await workflow.patched('a change');
  const all: [number, string] = await workflow.all(Promise.resolve(1), Promise.resolve('x'));
  // @ts-expect-error an attribute of a span is no object
  const traced = () => workflow.trace({ size: {} });
  if (isNew) return workflow.continueAsNew(sum);
  return { id, signalled, ok, unknown, wrong, isStopped, stopped, all, traced };
}

async function withTasks() {
  const sure = await workflow.condition<{ by: string }>('plain');
  const by: string = sure.by;
  const late = await workflow.condition<{ by: string }>('timed', '1 day');
  // @ts-expect-error the timeout may win
  const soon = () => late.by;
  const task = await workflow.condition<{ by: string }>('task', { role: 'r', timeout: '1 day' });
  if (task === null || task === false) return { by, soon };
  const untimed: string | false = await workflow.condition<string>('untimed', null);
  const entity = await workflow.entity();
  const [whole, part] = [await entity.get<{ a: number }>(), await entity.get<number>('a')];
  const sum: number = whole.a + (part ?? 0);
  // @ts-expect-error there is no such field of a task
  const misspelt = () => workflow.condition('task', { rol: 'r' });
  return { by: task.by, soon, misspelt, untimed, sum };
}

const greeting: Types.WorkflowInterceptor = {
  async execute(context, next) {
    const first: string = context.get('workflowId').slice(0, 8);
    const result = await next();
    return result?.type === 'greeting' ? result : { first };
  },
};

const marking: Types.ActivityInterceptor = {
  async execute(call, context, next) {
    const [id]: [string] = [context.get('workflowId')];
    call.options = { ...call.options, headers: { ...(call.options?.headers ?? {}), id } };
    const first: string = call.args[0];
    return first.length === 0 ? first : next();
  },
};

/** Compiled, not run, as `checked` is. */
export async function checkedServices(client: InstanceType<typeof Client>) {
  const tasks = new Escalations.Client({ getHotMeshClient: client.getHotMeshClient });
  const claim = await tasks.claim({ id: 'x', assignee: 'ada' });
  const entry: EscalationEntry | undefined = claim.ok ? claim.entry : undefined;
  // @ts-expect-error a refusal has no entry
  const refused = () => (claim.ok ? undefined : claim.entry);
  // @ts-expect-error somebody has to claim it
  const nobody = () => tasks.claim({ id: 'x' });
  const nextAt: Date | null = await client.schedule.create({
    ...{ scheduleId: 's', workflow: order, cron: '@daily', overlap: 'skip' },
  });
  // @ts-expect-error there is no such overlap
  const overlap = () => client.schedule.create({ ...at, overlap: 'none' });
  const at = { scheduleId: 's', workflow: order, cron: '@daily' };
  // @ts-expect-error a schedule starts something
  const nothing = () => client.schedule.create({ scheduleId: 's', cron: '@daily' });
  const state = (await client.schedule.get('s'))?.state;
  const hooked: string = await client.workflow.hook({ workflowId: 'x', entity: 'review' });
  const rows = await client.workflow.search<{ n: number }>('q', 'w', null, 'sql', 'select 1 as n');
  const n: number | undefined = rows[0]?.n;
  return { entry, refused, nobody, nextAt, overlap, nothing, state, hooked, n };
}

/** Compiled, not run: the compiler is the test, and every expected error must be one. */
export async function checked(client: InstanceType<typeof Client>) {
  const handle = await client.workflow.start(order, { taskQueue: 'q', args: ['x', 1] });
  const total: number = (await handle.result()).total;
  // @ts-expect-error the result has no such field
  const missing = (await handle.result()).missing;
  // @ts-expect-error the arguments are text and number
  await client.workflow.start(order, { taskQueue: 'q', args: [1, 'x'] });
  // @ts-expect-error the option is called data
  await client.workflow.start(order, { taskQueue: 'q', args: ['x', 1], search: { dat: {} } });
  const told = await handle.exportExecution({ mode: 'verbose' });
  const price: number | undefined = told.result?.total;
  // @ts-expect-error there is no such mode
  await handle.exportExecution({ mode: 'loud' });
  const sections: string[] = ['timeline'];
  const first: unknown = (await handle.export({ allow: sections })).timeline?.[0]?.value.data;
  const mesh = await client.getHotMeshClient(null, 'shop');
  const [record] = await Entity.find('user', { age: { $gte: 18 } }, mesh, { limit: 1 });
  const key: string | undefined = record?.key;
  // @ts-expect-error there is no such operator
  await Entity.findByCondition('user', 'age', 1, '~', mesh);
  const interceptors = [greeting, marking];
  const functions = { parent, withData, withThreads, withTasks, interceptors };
  return { total, missing, functions, price, key, first };
}

test('the compiler accepts this file', (t) => {
  t.is(typeof checked, 'function');
  t.is(typeof checkedServices, 'function');
});
