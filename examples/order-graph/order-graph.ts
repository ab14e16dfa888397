// The order as a graph: the steps are in order.yaml, the functions those of the order workflow.
import { join } from 'node:path';
import { HotMesh } from 'pgratchet';
import { connection } from '../connection';
import * as activities from '../order/activities';

async function main() {
  const mesh = await HotMesh.init({
    appId: 'orders',
    engine: { connection },
    workers: [
      {
        topic: 'inventory.check',
        connection,
        callback: async ({ data, metadata }) => {
          const availableQty = await activities.checkInventory(data.itemId);
          return { metadata: { ...metadata }, data: { availableQty } };
        },
        retryPolicy: { maximumAttempts: 5, backoffCoefficient: 2, maximumInterval: '5 seconds' },
      },
      {
        topic: 'inventory.reserve',
        connection,
        callback: async ({ data, metadata }) => {
          const reserved = await activities.reserveItem(data.itemId, data.requestedQty);
          return { metadata: { ...metadata }, data: { reserved } };
        },
      },
      {
        topic: 'order.backorder.notify',
        connection,
        callback: async ({ data, metadata }) => {
          const ordered = await activities.orderMore(data.itemId, data.requestedQty);
          return { metadata: { ...metadata }, data: { ordered } };
        },
      },
    ],
  });

  await mesh.deploy(join(__dirname, 'order.yaml'));
  await mesh.activate('1');

  const order = async (itemId: string, requestedQty: number) => {
    const payload = { itemId, requestedQty };
    const { metadata } = await mesh.pubsub('order.requested', payload, null, 10_000);
    const { activities: ran } = await mesh.export(metadata.jid, { enrich_inputs: true });
    for (const { name, output } of ran ?? []) console.log(`${name} ${JSON.stringify(output)}`);
  };
  await order('item-123', 5);
  await order('item-123', 50);
  await HotMesh.stop();
}

void main();
