import test from 'ava';
import { Durable, type Client } from '../../driver';

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

/** Compiled, not run: the compiler is the test, and every expected error must be one. */
export async function checked(client: InstanceType<typeof Client>) {
  const handle = await client.workflow.start(order, { taskQueue: 'q', args: ['x', 1] });
  const total: number = (await handle.result()).total;
  // @ts-expect-error the result has no such field
  const missing = (await handle.result()).missing;
  // @ts-expect-error the arguments are text and number
  await client.workflow.start(order, { taskQueue: 'q', args: [1, 'x'] });
  return { total, missing, parent };
}

test('the compiler accepts this file', (t) => {
  t.is(typeof checked, 'function');
});
