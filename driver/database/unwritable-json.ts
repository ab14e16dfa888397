/** Where a value stops being JSON, and why. */
export interface Unwritable {
  /** `$` is the value itself: `$.order.lines[3].price`. */
  path: string;
  problem: string;
}

const MAX_PATH = 200;

function step(holder: unknown, key: string): string {
  if (Array.isArray(holder)) return `[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shorten(path: string): string {
  if (path.length <= MAX_PATH) return path;
  return `${path.slice(0, MAX_PATH / 2)} … ${path.slice(-MAX_PATH / 2)}`;
}

function reason(error: unknown): string {
  try {
    return `an error (${error instanceof Error ? error.message : String(error)})`;
  } catch {
    return 'an error';
  }
}

/**
 * Walks a value that JSON.stringify refused, as JSON.stringify walks it, to name the place.
 * Slow, and only for the message.
 */
export function findUnwritable(value: unknown, maxDepth: number): Unwritable | 'too deep' {
  const holders: { holder: unknown; path: string }[] = [];
  let found: Unwritable | 'too deep' | undefined;
  let last = '$';

  function visit(this: unknown, key: string, item: unknown): unknown {
    while (holders.length > 0 && holders.at(-1)?.holder !== this) holders.pop();
    const parent = holders.at(-1);
    const path = parent === undefined ? '$' : parent.path + step(parent.holder, key);
    last = path;
    if (typeof item === 'bigint') found = { path, problem: 'a BigInt' };
    if (typeof item !== 'object' || item === null) return found === undefined ? item : null;
    if (holders.some(({ holder }) => holder === item)) {
      found = { path, problem: 'an object that contains itself' };
    }
    if (holders.length >= maxDepth) found = 'too deep';
    if (found !== undefined) throw new Error('found');
    holders.push({ holder: item, path });
    return item;
  }

  try {
    JSON.stringify(value, visit);
  } catch (error) {
    // Thrown by a getter, a toJSON or a proxy of the user, just after the last visited place.
    found ??= { path: last, problem: reason(error) };
  }
  found ??= { path: '$', problem: 'a value that changes while it is read' };
  return found === 'too deep' ? found : { path: shorten(found.path), problem: found.problem };
}
