import { checkName, checkText } from '../database/names';
import { RatchetError } from '../errors';

/** What a search attribute may be set to; it is stored as text. */
export type SearchValue = string | number | boolean | bigint;

function textOf(value: unknown, name: string): string {
  if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    return checkText(String(value), `value of ${name}`);
  }
  const kind = value === null ? 'null' : typeof value;
  throw new RatchetError('WF104', `The search attribute '${name}' is ${kind}.`, {
    detail: { attribute: name, kind },
    hint: 'Give text, a number or a boolean; del removes an attribute.',
  });
}

/** The name of a search attribute. @throws RatchetError WF101, WF105 */
export function attributeName(name: unknown): string {
  return checkName(name, 'name of a search attribute');
}

/** Search attributes as they are stored: texts by name. @throws RatchetError WF101, WF104, WF105 */
export function searchFields(given: unknown): Record<string, string> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new RatchetError('WF104', 'Search attributes are not an object.', {
      hint: "Give names and values: { color: 'red', count: 2 }.",
    });
  }
  const entries = Object.entries(given).map(([name, value]): [string, string] => [
    attributeName(name),
    textOf(value, name),
  ]);
  return Object.fromEntries(entries);
}
