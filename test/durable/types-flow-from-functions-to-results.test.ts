import test from 'ava';
import { Durable, Entity, type Client } from '../../driver';

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
  return { total, wrong };
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
  const city = await entity.get<string>('address.city');
  // @ts-expect-error what a path leads to may be missing
  const length = () => city.length;
  return { set, color, nested, added, name, tags, replaced, length };
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
  const mesh = await client.getHotMeshClient('q');
  const [record] = await Entity.find('user', { age: { $gte: 18 } }, mesh, { limit: 1 });
  const key: string | undefined = record?.key;
  // @ts-expect-error there is no such operator
  await Entity.findByCondition('user', 'age', 1, '~', mesh);
  return { total, missing, parent, withData, price, key };
}

test('the compiler accepts this file', (t) => {
  t.is(typeof checked, 'function');
});
