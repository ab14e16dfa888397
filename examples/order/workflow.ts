import { Durable } from 'pgratchet';
import type * as inventory from './activities';
import type * as shop from './shop';

// Types only: the functions of the warehouse are never loaded here.
const { checkInventory, reserveItem, orderMore } = Durable.workflow.proxyActivities<
  typeof inventory
>({ taskQueue: 'inventory-tasks', retryPolicy: { maximumAttempts: 3, maximumInterval: '10s' } });
const { priceOrder, printLabel, callCarrier } = Durable.workflow.proxyActivities<typeof shop>();

export async function orderWorkflow(itemId: string, quantity: number) {
  const inStock = await checkInventory(itemId);
  if (inStock < quantity) {
    return { status: 'back-ordered', delivery: await orderMore(itemId, quantity - inStock) };
  }
  const [reservation, price] = await Promise.all([
    reserveItem(itemId, quantity),
    priceOrder(itemId, quantity),
  ]);
  await Durable.workflow.sleepFor('1 second'); // time to think again
  const { workflowId } = Durable.workflow.workflowInfo();
  const approval = await Durable.workflow.waitFor<{ by: string }>(`approve-${workflowId}`);
  const shipment = await Durable.workflow.startChild(shipOrder, {
    args: [reservation],
    workflowId: `ship-${workflowId}`,
  });
  return { status: 'shipped', price, approvedBy: approval.by, tracking: await shipment.result() };
}

export async function shipOrder(reservation: string): Promise<string> {
  const label = await printLabel(reservation);
  return callCarrier(label);
}
