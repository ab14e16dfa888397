import { toJson } from './json-door';
import { checkText } from './names';

/**
 * JSON for a `jsonb` column, which holds neither U+0000 nor half of a surrogate pair.
 *
 * @throws RatchetError WF102, WF105, WF501, WF502
 */
export function toJsonb(value: unknown, what: string): string {
  const json = toJson(value, what) ?? 'null';
  const check = (key: string, item: unknown): unknown => {
    checkText(key, `key in the ${what}`);
    return typeof item === 'string' ? checkText(item, what) : item;
  };
  // JSON.stringify writes both as escapes; what looks like one may also be text about one.
  if (/\\u(0000|d[89a-f])/.test(json)) JSON.parse(json, check);
  return json;
}
