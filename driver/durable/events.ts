import { fromJson, toJson } from '../database/json-door';
import { checkName } from '../database/names';
import { RatchetError } from '../errors';
import { checkOptions } from '../options';
import { currentWorkflow, durableCall } from './current-turn';

export interface OnceOptions {
  /** false: again in every replay, and without a number of its own. Default true. */
  once?: boolean;
}

export function checkOnce({ once = true, ...rest }: OnceOptions, where: string): boolean {
  checkOptions({ once, ...rest }, ['once'], where);
  if (typeof once === 'boolean') return once;
  throw new RatchetError('WF104', `${where}: once is ${String(once)}.`, {
    detail: { option: 'once' },
    hint: 'Give true or false.',
  });
}

export function checkObject(given: unknown, where: string, hint: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw new RatchetError('WF104', `${where} was not given an object.`, { hint });
}

/**
 * Tells whoever listens to each topic: best effort, nothing is kept for those who come later.
 *
 * @example
 * await Durable.workflow.emit({ 'orders.shipped': { id: 'order-456' } });
 */
export async function emit(
  events: Record<string, unknown>,
  options: OnceOptions = {},
): Promise<boolean> {
  const { turn } = currentWorkflow('emit');
  checkObject(events, 'emit', 'Give an object of topics and their messages.');
  for (const topic of Object.keys(events)) checkName(topic, 'topic');
  const told = toJson(events, 'events') ?? '{}';
  if (checkOnce(options, 'emit')) {
    return durableCall('emit', {
      ...{ kind: 'emit', name: Object.keys(events).join(' ').slice(0, 200) || 'nothing' },
      ...{ input: told, isCancellable: false, convert: (answer) => fromJson(answer.value) },
    });
  }
  if (!turn.isOver) turn.host.emit(turn, told);
  return true;
}

/** Notes that this place was passed; resolves to whether it is the first time. */
export function passOnce(name: string): Promise<boolean> {
  const { turn } = currentWorkflow(name);
  const isFirst = turn.history.get(turn.counter + 1) === undefined;
  return durableCall(name, {
    ...{ kind: 'trace', name, isCancellable: false, convert: () => isFirst },
  });
}
