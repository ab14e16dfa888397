import { endOfString } from './end-of-string';

const [QUOTE, COMMA, COLON, SPACE] = [0x22, 0x2c, 0x3a, 0x20];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

type Holder = unknown[] | Record<string, unknown>;

function put(holder: Holder, key: string | undefined, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value);
  else if (key === undefined) throw new SyntaxError('A value without a key in a JSON object');
  // An assignment to `__proto__`, or to any name a frozen prototype has, would not add a property.
  else if (key in holder) Object.defineProperty(holder, key, { ...PLAIN, value });
  else holder[key] = value;
}

const PLAIN = { configurable: true, enumerable: true, writable: true };

/**
 * What JSON.parse should give for this text, without asking the engine for an object that has
 * keys: `parseJson` says why. The text must be valid. Strings and numbers are still the engine's
 * to read. A loop, because JSON.parse knows no limit of depth either.
 */
export function readJson(json: string): unknown {
  const root: unknown[] = [];
  const outer: Holder[] = [];
  const scalar = /[^\s,\]}]+/y;
  let holder: Holder = root;
  let key: string | undefined;

  for (let i = 0; i < json.length; i += 1) {
    const char = json.charCodeAt(i);
    if (char <= SPACE || char === COMMA || char === COLON) continue;
    if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) {
      holder = outer.pop() ?? root;
    } else if (char === OPEN_ARRAY || char === OPEN_OBJECT) {
      const value = char === OPEN_ARRAY ? [] : {};
      put(holder, key, value);
      key = undefined;
      outer.push(holder);
      holder = value;
    } else {
      const start = i;
      scalar.lastIndex = i;
      if (char === QUOTE) i = endOfString(json, i);
      else if (scalar.test(json)) i = scalar.lastIndex - 1;
      const value = JSON.parse(json.slice(start, i + 1)) as unknown;
      if (key === undefined && typeof value === 'string' && !Array.isArray(holder)) {
        key = value;
      } else {
        put(holder, key, value);
        key = undefined;
      }
    }
  }
  return root[0];
}
