import { Durable } from 'pgratchet';
import { connection } from '../connection';

async function main() {
  const client = new Durable.Client({ connection });
  await client.workflow.signal('approve-order-456', { by: 'maria' });
  console.log('approved order-456');
  await Durable.shutdown();
}

void main();
