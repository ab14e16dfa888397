import { fromJson, toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { durationMs, type Duration } from '../duration';
import { durableCall } from './current-turn';

/**
 * Waits for a signal; the oldest wait for an id receives its oldest signal. With a timeout, `false`
 * when it passes first. Signals that came before are kept for it (10 minutes unless the sender said
 * else).
 *
 * @example
 * const approval = await Durable.workflow.condition<{ by: string }>('approve-42', '7 days');
 */
export function condition<T = unknown>(signalId: string): Promise<T>;
export function condition<T = unknown>(signalId: string, timeout?: Duration): Promise<T | false>;
export function condition<T>(signalId: string, timeout?: Duration): Promise<T | false> {
  return durableCall('condition', {
    kind: 'wait',
    name: checkName(signalId, 'signalId'),
    delay: timeout === undefined ? null : durationMs(timeout, 'timeout'),
    convert: (answer) => (answer.isFailed ? false : fromJson(answer.value)),
  });
}

/**
 * Sends a signal to whoever waits for its id in this namespace: once, however often this is
 * replayed.
 */
export function signal(signalId: string, data?: unknown, expire?: Duration): Promise<string> {
  const options = expire === undefined ? null : { expire: durationMs(expire, 'expire') };
  return durableCall('signal', {
    kind: 'signal',
    name: checkName(signalId, 'signalId'),
    input: toPayload(data, 'data'),
    options: options === null ? null : JSON.stringify(options),
    isCancellable: false,
    convert: (answer) => fromJson(answer.value),
  });
}
