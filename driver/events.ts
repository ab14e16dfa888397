import { RatchetError } from './errors';
import { log } from './log';

/** What a committed transition is told as. */
export interface SystemEvent {
  /** The same for every telling of one transition. */
  event_id: string;
  /** `system.engine.<appId>.started`, `system.escalation.<id>.claimed`, … */
  type: string;
  /** ISO time. */
  ts: string;
  namespace: string;
  app_id: string;
  workflow_id?: string;
  topic?: string;
  origin_id?: string;
  parent_id?: string;
  trace_id?: string;
  span_id?: string;
  data: Record<string, unknown>;
}

/** Where a client or worker tells what it has committed. */
export interface EventSink {
  publish(event: SystemEvent): void | Promise<void>;
}

/**
 * Tells a sink of a transition, after its commit. Not awaited: what a sink throws or how long it
 * takes changes nothing.
 */
export function publishEvent(sink: EventSink | undefined, event: SystemEvent): void {
  if (sink === undefined) return;
  const ignored = (error: unknown) => log('debug', 'an event sink failed', error);
  try {
    Promise.resolve(sink.publish(event)).catch(ignored);
  } catch (error) {
    ignored(error);
  }
}

/** @throws RatchetError WF104 */
export function checkSink(sink: EventSink | undefined): void {
  if (sink === undefined || typeof (sink as Partial<EventSink> | null)?.publish === 'function')
    return;
  throw new RatchetError('WF104', 'events is not an object with a function publish.', {
    detail: { option: 'events' },
    hint: 'Give { publish(event) { … } }.',
  });
}
