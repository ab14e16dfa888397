import { inspect } from 'node:util';

const UNSHOWN = 'a value that cannot be shown';

/** Any value as text for a message: JSON, or else as Node would show it. Never throws. */
export function shown(value: unknown): string {
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch {
    // A bigint, a cycle, or code of its own that threw.
  }
  try {
    return inspect(value);
  } catch {
    return UNSHOWN;
  }
}

/** A line of the log; a part that is no JSON stands in it as text. Never throws. */
export function lineOf(parts: Record<string, unknown>): string {
  try {
    return JSON.stringify(parts);
  } catch {
    const texts = Object.entries(parts).map(([name, part]) => {
      return [name, typeof part === 'string' ? part : shown(part)];
    });
    return JSON.stringify(Object.fromEntries(texts));
  }
}
