import { RatchetError } from '../errors';

/** Characters that an identifier may have: workflow ids, queues, names, signal ids, namespaces. */
export const MAX_NAME_CHARACTERS = 512;

const CONTROL = /[\u0000-\u001f\u007f]/;

/** U+0000 and halves of a surrogate pair: a `text` column takes neither. */
const UNSTORABLE = /[\0\ud800-\udfff]/u;
const UNSTORABLE_ALL = /[\0\ud800-\udfff]/gu;

function refuse(code: 'WF101' | 'WF105', what: string, problem: string, hint?: string): never {
  throw new RatchetError(code, `Invalid ${what}: it ${problem}`, {
    detail: { what, problem },
    hint,
  });
}

/** Counts as Postgres does: a surrogate pair is one character. */
function isLonger(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || Array.from(text).length > max);
}

/**
 * An identifier as it was given, if it may be one.
 *
 * @param what what the name is for, for the message: 'workflow id'
 * @throws RatchetError WF101 not text, empty, longer than `max`, control characters;
 *   WF105 U+0000 or a lone surrogate
 */
export function checkName(value: unknown, what: string, max = MAX_NAME_CHARACTERS): string {
  const hint = `Use text of 1 to ${max} characters without control characters.`;
  if (typeof value !== 'string') {
    return refuse('WF101', what, `is not text (${value === null ? 'null' : typeof value})`, hint);
  }
  if (value === '') refuse('WF101', what, 'is empty', hint);
  if (isLonger(value, max)) refuse('WF101', what, `has more than ${max} characters`, hint);
  if (UNSTORABLE.test(value)) refuse('WF105', what, 'holds U+0000 or half of a surrogate pair');
  if (CONTROL.test(value)) refuse('WF101', what, 'holds a control character', hint);
  return value;
}

/**
 * Text for a `text` or `jsonb` column, as it was given. @throws RatchetError WF105
 */
export function checkText(text: string, what: string): string {
  if (UNSTORABLE.test(text)) refuse('WF105', what, 'holds U+0000 or half of a surrogate pair');
  return text;
}

/** For messages: text that a `text` column takes. What cannot be stored becomes U+FFFD. */
export function sanitizeText(text: string): string {
  return text.replace(UNSTORABLE_ALL, '\ufffd');
}
