// What the warehouse can do. Runs in inventory-worker.ts, possibly on another machine.
import { setTimeout as pause } from 'node:timers/promises';
import { effect } from './effects';

const STOCK: Record<string, number> = { 'item-123': 12 };

export async function checkInventory(itemId: string): Promise<number> {
  await effect();
  return STOCK[itemId] ?? 0;
}

export async function reserveItem(itemId: string, quantity: number): Promise<string> {
  await effect();
  await pause(1_500); // somebody walks to the shelf
  return `${quantity} of ${itemId}, shelf 7`;
}

export async function orderMore(itemId: string, quantity: number): Promise<string> {
  await effect();
  return `${quantity} of ${itemId}, in two weeks`;
}
