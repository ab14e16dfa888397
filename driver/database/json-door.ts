import { RatchetError } from '../errors';
import { decodeJson, encodeJson } from './codec';
import { endOfString } from './end-of-string';
import { parseJson } from './parse-json';
import { findUnwritable } from './unwritable-json';

/** The size of one argument list, result or payload, in bytes of UTF-8. */
export const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** Levels of arrays and objects inside each other. */
export const MAX_JSON_DEPTH = 1_000;

/** UTF-16 units in; a unit is at most three bytes of UTF-8, so short text needs no count. */
function isTooLarge(text: string): boolean {
  return text.length * 3 > MAX_JSON_BYTES && Buffer.byteLength(text) > MAX_JSON_BYTES;
}

const QUOTE = 0x22;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Reads every character of a large payload, hence numbers instead of strings. */
function isTooDeep(json: string): boolean {
  // Each level costs a bracket on both sides, so shorter text needs no count.
  if (json.length <= 2 * MAX_JSON_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const char = json.charCodeAt(i);
    if (char === QUOTE) i = endOfString(json, i);
    else if (char === OPEN_ARRAY || char === OPEN_OBJECT) depth += 1;
    else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) depth -= 1;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}

function tooDeep(what: string): RatchetError {
  const message = `The ${what} is nested more than ${MAX_JSON_DEPTH} levels deep`;
  return new RatchetError('WF502', message, { detail: { what, limit: MAX_JSON_DEPTH } });
}

function tooLarge(what: string): RatchetError {
  const message = `The ${what} is larger than ${MAX_JSON_BYTES} bytes as JSON`;
  return new RatchetError('WF501', message, { detail: { what, limit: MAX_JSON_BYTES } });
}

function unwritable(what: string, path: string, problem: string, cause?: unknown): RatchetError {
  const message = `The ${what} cannot be written as JSON: ${problem} at ${path}`;
  return new RatchetError('WF102', message, { detail: { what, path, problem }, cause });
}

function stringify(value: unknown, what: string): string | undefined {
  try {
    return JSON.stringify(value); // undefined for a function or a symbol
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw cause.message.includes('string length') ? tooLarge(what) : tooDeep(what);
    }
    const found = findUnwritable(value, MAX_JSON_DEPTH);
    if (found === 'too deep') throw tooDeep(what);
    throw unwritable(what, found.path, found.problem, cause);
  }
}

/** JSON would drop these without a word where a caller surely meant to pass something. */
function isLost(value: unknown): boolean {
  return typeof value === 'function' || typeof value === 'symbol';
}

function refuseLost(value: unknown, what: string): void {
  if (isLost(value)) throw unwritable(what, '$', `a ${typeof value}`);
  if (!Array.isArray(value)) return;
  const at = value.findIndex(isLost);
  if (at >= 0) throw unwritable(what, `$[${at}]`, `a ${typeof value[at]}`);
}

/**
 * The one door in for values of users: JSON text for a `json` column, or null for `undefined`.
 * U+0000 and lone surrogates become escapes. As with JSON anywhere, properties that are
 * functions or undefined vanish, a Date is text, NaN is null.
 *
 * @param what what the value is, for the message: 'result of activity "charge"'
 * @throws RatchetError WF102 a function or symbol (as the value, or an element of it), a BigInt,
 *   an object that contains itself, a toJSON that throws; WF501 over 16 MiB;
 *   WF502 over 1,000 levels
 */
export function toJson(value: unknown, what: string): string | null {
  if (value === undefined) return null;
  const json = stringify(value, what);
  refuseLost(value, what);
  if (json === undefined) return null; // a toJSON that returns undefined
  if (isTooLarge(json)) throw tooLarge(what);
  if (isTooDeep(json)) throw tooDeep(what);
  return json;
}

/**
 * As `toJson`, for what users call arguments, results and payloads: it passes through the codec of
 * the process. Not for what SQL has to read.
 *
 * @throws RatchetError as `toJson`; WF109 a codec that fails
 */
export function toPayload(value: unknown, what: string): string | null {
  const json = toJson(value, what);
  if (json === null) return null;
  const stored = encodeJson(json, what);
  if (stored.length !== json.length && isTooLarge(stored)) throw tooLarge(what);
  return stored;
}

/**
 * The one door out: what `toJson` or `toPayload` was given, after a round trip; null is
 * `undefined`.
 *
 * @throws RatchetError WF109 a value that is encoded, and cannot be decoded here
 */
export function fromJson(json: string | null): unknown {
  return json === null ? undefined : parseJson(decodeJson(json));
}

/** As `fromJson`, for JSON that never passed through a codec: data that SQL reads and changes. */
export function fromPlainJson(json: string | null): unknown {
  return json === null ? undefined : parseJson(json);
}

/**
 * As `fromJson`, for a stored value within a document that was made in SQL and has been parsed.
 *
 * @throws RatchetError WF109 a value that is encoded, and cannot be decoded here
 */
export function fromWithin(value: unknown): unknown {
  return typeof value === 'string' ? fromJson(JSON.stringify(value)) : value;
}
