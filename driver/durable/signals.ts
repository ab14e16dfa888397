import { fromJson, toPayload } from '../database/json-door';
import { checkName } from '../database/names';
import { durationMs, durationSeconds, type Duration } from '../duration';
import { durableCall } from './current-turn';
import { waitFields, type EscalationConfig } from './escalation-fields';

/**
 * Waits for a signal; the oldest wait for an id receives its oldest signal. With a timeout, `false`
 * when it passes first. Signals that came before are kept for it (10 minutes unless the sender said
 * else). With the fields of a task, people find one on their worklist, committed with the wait:
 * resolving it gives its payload, cancelling it `null`.
 *
 * @example
 * const approval = await Durable.workflow.condition<{ by: string }>('approve-42', '7 days');
 */
export function condition<T = unknown>(signalId: string): Promise<T>;
export function condition<T = unknown>(
  signalId: string,
  timeout?: Duration | null,
): Promise<T | false>;
export function condition<T = unknown>(
  signalId: string,
  task?: EscalationConfig | Duration | null,
): Promise<T | false | null>;
export function condition<T>(
  signalId: string,
  given?: EscalationConfig | Duration | null,
): Promise<T | false | null> {
  const isTask = typeof given === 'object' && given !== null;
  const { delay, task } = isTask ? waitFields(given) : { delay: delayOf(given), task: null };
  return durableCall('condition', {
    kind: 'wait',
    name: checkName(signalId, 'signalId'),
    // A signal that is there already is looked for once the wait is committed: one without any
    // time would be over by then.
    delay: delay === null ? null : Math.max(delay, 1),
    options: task,
    convert: (answer) => (answer.isFailed ? false : fromJson(answer.value)),
  });
}

function delayOf(timeout: Duration | null = null): number | null {
  return timeout === null ? null : durationMs(timeout, 'timeout');
}

/** For how long a signal is kept that nobody waits for, in milliseconds; a number is seconds. */
export function signalExpireMs(expire: Duration): number {
  return Math.round(durationSeconds(expire, 'expire') * 1_000);
}

/**
 * Sends a signal to whoever waits for its id in this namespace: once, however often this is
 * replayed. `expire` is how long it is kept if nobody waits; a number is seconds.
 */
export function signal(signalId: string, data?: unknown, expire?: Duration): Promise<string> {
  const options = expire === undefined ? null : { expire: signalExpireMs(expire) };
  return durableCall('signal', {
    kind: 'signal',
    name: checkName(signalId, 'signalId'),
    input: toPayload(data, 'data'),
    options: options === null ? null : JSON.stringify(options),
    isCancellable: false,
    convert: (answer) => fromJson(answer.value),
  });
}
