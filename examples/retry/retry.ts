// An activity that fails is tried again, after a delay that grows. Attempts are counted in the
// database: the next one may run in another process.
import { Durable } from 'pgratchet';
import { connection } from '../connection';

const activities = {
  async fetchRate(currency: string): Promise<number> {
    const { attempt } = Durable.activity.getContext();
    console.log(`attempt ${attempt} for ${currency}`);
    if (attempt < 3) throw new Error('the bank does not answer');
    return 1.25;
  },
};

const { fetchRate } = Durable.workflow.proxyActivities<typeof activities>({
  activities,
  // Up to 5 retries: after 100 ms, 200 ms, 400 ms and so on, but at most a minute.
  retry: {
    maximumAttempts: 5,
    initialInterval: '50ms',
    backoffCoefficient: 2,
    maximumInterval: '1m',
  },
});

export async function convert(amount: number, currency: string): Promise<number> {
  return amount * (await fetchRate(currency));
}

async function main() {
  await Durable.Worker.create({ connection, taskQueue: 'rates', workflow: convert });
  const client = new Durable.Client({ connection });
  const handle = await client.workflow.start(convert, { taskQueue: 'rates', args: [100, 'EUR'] });
  console.log(await handle.result());
  await Durable.shutdown();
}

void main();
