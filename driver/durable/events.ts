import { fromJson, toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { RatchetError } from '../errors';
import { checkOptions, checkSwitches } from '../options';
import { currentWorkflow, durableCall, durably } from './current-turn';

export interface OnceOptions {
  /** false: again in every replay, and without a number of its own. Default true. */
  once?: boolean;
}

export function checkOnce(options: OnceOptions, where: string): boolean {
  checkOptions(options, ['once'], where);
  checkSwitches(options, ['once'], where);
  return options.once ?? true;
}

export function checkObject(given: unknown, where: string, hint: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw new RatchetError('WF104', `${where} was not given an object.`, { hint });
}

/** Topics and messages as JSON text; each message is a payload of its own. */
function eventsOf(events: Record<string, unknown>): string {
  const told = Object.entries(events).flatMap(([topic, message]) => {
    if (checkName(topic, 'topic').startsWith('$')) {
      throw new RatchetError('WF104', `emit: the topic '${topic}' begins with $.`, {
        detail: { option: topic },
        hint: 'Topics that begin with $ steer an app; choose another name.',
      });
    }
    const json = toPayload(message, `message of ${topic}`);
    return json === null ? [] : [`${JSON.stringify(topic)}:${json}`];
  });
  return `{${told.join(',')}}`;
}

/**
 * Tells whoever listens to each topic at this moment, as `HotMesh.sub` of the app that is called
 * like the namespace does. Best effort: nothing is kept for those who come later.
 *
 * @example
 * await Durable.workflow.emit({ 'orders.shipped': { id: 'order-456' } });
 */
export function emit(events: Record<string, unknown>, options: OnceOptions = {}): Promise<boolean> {
  return durably(() => emitted(events, options));
}

function emitted(
  events: Record<string, unknown>,
  options: OnceOptions,
): Promise<boolean> | boolean {
  const { turn } = currentWorkflow('emit');
  checkObject(events, 'emit', 'Give an object of topics and their messages.');
  const told = eventsOf(events);
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
