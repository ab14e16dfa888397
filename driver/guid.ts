import { randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** A compact unique id: H and 22 url-safe characters. */
export function guid(): string {
  return `H${[...randomBytes(22)].map((byte) => ALPHABET[byte & 63]).join('')}`;
}
