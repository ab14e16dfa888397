import { Durable } from 'pgratchet';
import { connection } from '../connection';
import * as shop from './shop';
import { orderWorkflow, shipOrder } from './workflow';

async function main() {
  // When a worker dies, another takes its work over after 2 seconds. The default is 30.
  const shared = { connection, taskQueue: 'orders', options: { leaseSeconds: 2 } };
  await Durable.Worker.create({ ...shared, workflow: orderWorkflow, activities: shop });
  await Durable.Worker.create({ ...shared, workflow: shipOrder });
  console.log('serves queue orders');
}

void main();
