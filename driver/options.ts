import { RatchetError } from './errors';
import { log } from './log';

/** Edits that turn one word into another; two letters that changed places are one edit. */
function distance(from: string, to: string): number {
  const start = Array.from({ length: to.length + 1 }, (_, column) => column);
  let [before, above]: [number[], number[]] = [[], start];
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const changed = (above[column - 1] ?? 0) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity;
      const oneMore = Math.min(above[column] ?? 0, line[column - 1] ?? 0) + 1;
      line.push(Math.min(changed, swapped, oneMore));
    }
    [before, above] = [above, line];
  }
  return above[to.length] ?? 0;
}

/** The name that was probably meant, if any is near. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const word = given.slice(0, 64).toLowerCase();
  const [best] = known
    .map((name) => ({ name, edits: distance(word, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  if (best === undefined) return undefined;
  return best.edits <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}

/**
 * Refuses anything but an object whose keys are all known, so that a misspelt option is an error
 * and not a default.
 *
 * @param where what the options are for, for the message: 'Worker.create'
 * @throws RatchetError WF104, with the nearest known name as the hint
 */
export function checkOptions(given: unknown, known: readonly string[], where: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `The options of ${where} are not an object but ${kindOf(given)}.`;
    const hint = namesOf(known, where);
    throw new RatchetError('WF104', message, { detail: { where }, hint });
  }
  for (const option of Object.keys(given)) {
    if (!known.includes(option)) throw unknownOption(option, known, where);
  }
}

function namesOf(known: readonly string[], where: string): string {
  return `Options of ${where} are ${known.join(', ')}.`;
}

function unknownOption(option: string, known: readonly string[], where: string): RatchetError {
  const meant = nearest(option, known);
  return new RatchetError('WF104', `Unknown option of ${where}: '${option}'.`, {
    detail: meant === undefined ? { where, option } : { where, option, nearest: meant },
    hint: meant === undefined ? namesOf(known, where) : `Did you mean '${meant}'?`,
  });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  const isPlain = ['number', 'bigint', 'boolean', 'undefined'].includes(typeof value);
  return isPlain ? String(value) : kindOf(value);
}

/**
 * Says of one option what it was given and what to give instead.
 *
 * @param where as for `checkOptions`
 * @throws RatchetError WF104: `start: expire is -1.`
 */
export function refuseOption(where: string, option: string, value: unknown, advice: string): never {
  throw new RatchetError('WF104', `${where}: ${option} is ${shown(value)}.`, {
    detail: { where, option },
    hint: advice,
  });
}

/** The options that are there are true or false. @throws RatchetError WF104 */
export function checkSwitches(given: object, options: readonly string[], where: string): void {
  for (const option of options) {
    const value = (given as Record<string, unknown>)[option];
    if (value === undefined || typeof value === 'boolean') continue;
    refuseOption(where, option, value, 'Give true or false.');
  }
}

/** What a number may be: from, to, and whether it has to be whole. */
export type Limits = readonly [least: number, most: number, kind?: 'whole'];

/** The options that are there are numbers within their limits. @throws RatchetError WF104 */
export function checkNumbers(
  given: object,
  limits: Readonly<Record<string, Limits>>,
  where: string,
): void {
  for (const [option, [least, most, kind]] of Object.entries(limits)) {
    const value = (given as Record<string, unknown>)[option];
    if (value === undefined) continue;
    const isIn = typeof value === 'number' && value >= least && value <= most;
    if (isIn && (kind !== 'whole' || Number.isInteger(value))) continue;
    const what = kind === 'whole' ? 'whole number' : 'number';
    refuseOption(where, option, value, `Give a ${what} from ${least} to ${most}.`);
  }
}

/** Of an option that has two names what the newer one says; a warning where both are used. */
export function newerOf<O extends object, N extends keyof O & string, A extends keyof O & string>(
  given: O,
  newer: N,
  older: A,
  where: string,
): O[N] | O[A] {
  if (given[newer] === undefined) return given[older];
  if (given[older] !== undefined) {
    log('warn', `${where} has ${newer} and ${older}; ${newer} is used`);
  }
  return given[newer];
}
