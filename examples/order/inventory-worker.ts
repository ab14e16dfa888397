import { Durable } from 'pgratchet';
import { connection } from '../connection';
import * as activities from './activities';

async function main() {
  await Durable.registerActivityWorker(
    { connection, taskQueue: 'inventory-tasks' },
    activities,
    'inventory-activities',
  );
  console.log('serves queue inventory-tasks');
}

void main();
