// A cancelled workflow cleans up after itself: the function sees CancelledFailure where it waits.
import { setTimeout as pause } from 'node:timers/promises';
import { Durable } from 'pgratchet';
import { connection } from '../connection';

const activities = {
  async book(trip: string): Promise<string> {
    return `seat 12 to ${trip}`;
  },
  async release(seat: string): Promise<string> {
    return `released ${seat}`;
  },
};

const { book, release } = Durable.workflow.proxyActivities<typeof activities>({ activities });

export async function travel(trip: string): Promise<string> {
  const seat = await book(trip);
  try {
    await Durable.workflow.sleep('7 days');
    return `travelled on ${seat}`;
  } catch (error) {
    if (!Durable.workflow.isCancellation(error)) throw error;
    // In here durable calls work as if nothing had happened.
    return Durable.workflow.CancellationScope.nonCancellable(() => release(seat));
  }
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'travel', workflow: travel });
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start(travel, { taskQueue: 'travel', args: ['Oslo'] });
  // Two steps in its history: the seat is booked, and it sleeps.
  while ((await handle.export()).timeline?.length !== 2) await pause(20);
  await handle.cancel();
  console.log(await handle.result());
  console.log('status', await handle.status());
  await Durable.shutdown();
}

void main();
