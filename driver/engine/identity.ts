import { isUint8Array } from 'node:util/types';

const numbers = new WeakMap<object, number>();
let count = 0;

/** A name that nothing else in this process has. */
export function nameOf(thing: object): string {
  const number = numbers.get(thing) ?? (count += 1);
  numbers.set(thing, number);
  return `#${number}`;
}

/**
 * A text that is the same for equal options, in whatever order. Members that pg has hidden (keys,
 * passwords) count; functions, and what is made of a class, are equal to themselves only.
 */
export function contentOf(options: object): string {
  const members = Object.getOwnPropertyNames(options)
    .sort()
    .map((key) => [key, Reflect.get(options, key) as unknown] as const)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`);
  return `{${members.join()}}`;
}

function textOf(value: unknown): string {
  if (typeof value === 'function') return nameOf(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isUint8Array(value)) return `bytes:${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  return isPlain(value) ? contentOf(value) : nameOf(value);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
