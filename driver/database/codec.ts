import { RatchetError } from '../errors';

/** Turns the text of stored values into other text and back. Both are synchronous. */
export interface Codec {
  /** Text for the database, from the JSON text of an object or array. */
  encode(json: string): string;
  /** The reverse. */
  decode(text: string): string;
}

/** How encoded text begins in the database, as a JSON string. */
const ENCODED = '"/b:';
/** How a string of a user's own begins there that would be taken for an encoded one. */
const LITERAL = '"/s:';
const MARK_LENGTH = ENCODED.length - 1;

let current: Codec | undefined;

/**
 * From now on arguments, results and payloads that are objects or arrays pass through the codec on
 * their way into the database, in this whole process; null removes it. What was stored plainly
 * stays readable. What was encoded can be read wherever a codec that decodes it is registered.
 *
 * @example Durable.registerCodec({ encode: encrypt, decode: decrypt });
 */
export function registerCodec(codec: Codec | null): void {
  const given = codec as Partial<Codec> | null | undefined;
  const isCodec = typeof given?.encode === 'function' && typeof given.decode === 'function';
  if (given !== null && !isCodec) {
    throw new RatchetError('WF104', 'A codec is an object with functions encode and decode.', {
      hint: 'Give { encode(json), decode(text) }, both synchronous, or null for none.',
    });
  }
  current = codec ?? undefined;
}

/** Whether values of workflow functions are encoded in this process. */
export function hasCodec(): boolean {
  return current !== undefined;
}

function failed(what: string, problem: string, cause?: unknown): RatchetError {
  return new RatchetError('WF109', `The codec failed on the ${what}: ${problem}`, {
    detail: { what },
    cause,
  });
}

function run(step: 'encode' | 'decode', codec: Codec, text: string, what: string): string {
  let made: unknown;
  try {
    made = codec[step](text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failed(what, `${step} threw ${reason}`, cause);
  }
  if (typeof made !== 'string') throw failed(what, `${step} did not return text`);
  return made;
}

/** JSON text as it is stored: encoded if there is a codec and it is an object or array. */
export function encodeJson(json: string, what: string): string {
  if (isMarked(json)) return LITERAL + json.slice(1);
  if (current === undefined || (json[0] !== '{' && json[0] !== '[')) return json;
  const encoded = run('encode', current, json, what);
  return ENCODED + JSON.stringify(encoded).slice(1);
}

/** What `encodeJson` was given. JSON that it did not make comes back as it is. */
export function decodeJson(json: string): string {
  if (json.startsWith(LITERAL)) return `"${json.slice(MARK_LENGTH + 1)}`;
  if (!json.startsWith(ENCODED)) return json;
  if (current === undefined) {
    throw failed('stored value', 'it is encoded, and no codec is registered in this process');
  }
  const text = (JSON.parse(json) as string).slice(MARK_LENGTH);
  const decoded = run('decode', current, text, 'stored value');
  try {
    JSON.parse(decoded);
  } catch (cause) {
    throw failed('stored value', 'decode did not return JSON', cause);
  }
  return decoded;
}

/** Whether JSON text would be taken for what `encodeJson` made. */
export function isMarked(json: string): boolean {
  return json.startsWith(ENCODED) || json.startsWith(LITERAL);
}
