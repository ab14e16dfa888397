// Promise.all and Promise.race mean what they always mean; and after a crash every branch goes on
// from its last result.
import { setTimeout as pause } from 'node:timers/promises';
import { Durable } from 'pgratchet';
import { connection } from '../connection';

const activities = {
  async askPrice(shop: string): Promise<number> {
    await pause(shop.length * 20);
    return shop.length;
  },
};

const { askPrice } = Durable.workflow.proxyActivities<typeof activities>({ activities });

export async function shopAround(shops: string[]) {
  const prices = await Promise.all(shops.map((shop) => askPrice(shop)));
  const first = await Promise.race([
    askPrice('corner').then((price) => `corner for ${price}`),
    Durable.workflow.sleep('1 hour').then(() => 'nobody in time'),
  ]);
  return { lowest: Math.min(...prices), first };
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'prices', workflow: shopAround });
  const client = new Durable.Client({ connection });
  const shops = ['market', 'mall', 'online'];
  const handle = await client.workflow.start(shopAround, { taskQueue: 'prices', args: [shops] });
  console.log(await handle.result());
  await Durable.shutdown();
}

void main();
