import { Durable } from 'pgratchet';
import { connection } from '../connection';

async function main() {
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start({
    args: ['item-123', 5],
    taskQueue: 'orders',
    workflowName: 'orderWorkflow',
    workflowId: 'order-456',
  });
  console.log(`started ${handle.workflowId}`);
  console.log('result', await handle.result());

  // Any other process, at any later time:
  const again = client.workflow.getHandle('orders', 'orderWorkflow', 'order-456');
  console.log('status', await again.status());
  const { timeline } = await again.export({ allow: ['data', 'state', 'status', 'timeline'] });
  console.log('timeline', timeline?.map(({ key }) => key).join(' '));
  await Durable.shutdown();
}

void main();
