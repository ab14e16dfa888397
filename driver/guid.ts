import { randomBytes } from 'node:crypto';
import { environmentNumber } from './environment';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

const DEFAULT_SIZE = 22;

/** A compact unique id: H and 22 (HMSH_GUID_SIZE: 16 to 32) url-safe characters. */
export function guid(): string {
  const size = environmentNumber('HMSH_GUID_SIZE', 16, 32) ?? DEFAULT_SIZE;
  return `H${[...randomBytes(Math.floor(size))].map((byte) => ALPHABET[byte & 63]).join('')}`;
}
