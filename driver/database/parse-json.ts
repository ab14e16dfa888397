import { runInNewContext } from 'node:vm';
import { endOfString } from './end-of-string';
import { readJson } from './read-json';

const [COLON, SPACE] = [0x3a, 0x20];

// In a realm of its own: the shapes of objects are kept by realm. In ours the question would leave
// a trap behind for others, and would be answered wrongly once an application has used up the
// shapes that the engine is ready to remember.
const CONFUSION = String.raw`
  const [a, b] = ['{"a":0,"\\\\":0}', '{"a":0,"\\"":0}'].map((json) => JSON.parse(json));
  Object.keys(a)[1] === Object.keys(b)[1];
`;

let isConfused: boolean | undefined;

/** In valid JSON, whether a key is written with an escape. */
function hasEscapedKey(json: string): boolean {
  for (let i = json.indexOf('\\'); i !== -1; i = json.indexOf('\\', i)) {
    i = endOfString(json, i) + 1; // a backslash is always inside a string
    while (json.charCodeAt(i) <= SPACE) i += 1;
    if (json.charCodeAt(i) === COLON) return true;
  }
  return false;
}

/**
 * JSON.parse with the keys that were written. V8 from 12.8 on (Node 22 has 12.4, Node 24 has 13.6)
 * takes the key it expects, as seen in an earlier object, if the text begins like it, and forgets
 * that the text may be an escape: after a key `\`, any `\"` or `\n` may become `\`, in silence
 * (https://github.com/nodejs/node/issues/63785). No other way of escaping helps, nor a reviver.
 */
export function parseJson(json: string): unknown {
  const value = JSON.parse(json) as unknown; // also refuses what is not JSON
  isConfused ??= Boolean(runInNewContext(CONFUSION));
  return isConfused && hasEscapedKey(json) ? readJson(json) : value;
}
