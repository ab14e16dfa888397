// What is tested: a trial of thirty days that ends with a payment or a goodbye.
import { Durable } from 'pgratchet';

export interface Activities {
  charge(customer: string, cents: number): Promise<string>;
  mail(customer: string, text: string): Promise<void>;
}

const { charge, mail } = Durable.workflow.proxyActivities<Activities>({ taskQueue: 'shop' });

export async function trial(customer: string): Promise<string> {
  await mail(customer, 'welcome');
  await Durable.workflow.sleep('30 days');
  try {
    const receipt = await charge(customer, 995);
    await mail(customer, receipt);
    return 'customer';
  } catch {
    await mail(customer, 'goodbye');
    return 'gone';
  }
}
