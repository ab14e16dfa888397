// What the shop does itself, in the worker that runs the workflow: a step costs one insert.
import { effect } from './effects';

export async function priceOrder(itemId: string, quantity: number): Promise<number> {
  await effect();
  return quantity * (itemId.length + 1.95);
}

export async function printLabel(reservation: string): Promise<string> {
  await effect();
  return `label for ${reservation}`;
}

export async function callCarrier(label: string): Promise<string> {
  await effect();
  return `track-${label.length}`;
}
