import { fromPlainJson, fromWithin } from '../database/json-door';
import { publishEvent, type EventSink } from '../events';

/** A task, as it is stored. */
export interface EscalationEntry {
  id: string;
  namespace: string;
  app_id: string;
  signal_key: string | null;
  topic: string | null;
  workflow_id: string | null;
  task_queue: string | null;
  workflow_type: string | null;
  type: string | null;
  subtype: string | null;
  entity: string | null;
  description: string | null;
  role: string | null;
  status: 'pending' | 'resolved' | 'cancelled' | 'expired';
  /** The smaller, the more urgent. */
  priority: number;
  assigned_to: string | null;
  assigned_until: Date | null;
  claimed_at: Date | null;
  claim_expires_at: Date | null;
  resolved_at: Date | null;
  escalation_payload: unknown;
  resolver_payload: unknown;
  envelope: unknown;
  metadata: Record<string, unknown> | null;
  origin_id: string | null;
  parent_id: string | null;
  initiated_by: string | null;
  created_by: string | null;
  milestones: Record<string, unknown>[];
  trace_id: string | null;
  span_id: string | null;
  expires_at: Date | null;
  task_id: string | null;
  created_at: Date;
  updated_at: Date;
  /** Whether it can be claimed; in lists. */
  available?: boolean;
}

const TIMES = [
  ...['assigned_until', 'claimed_at', 'claim_expires_at', 'resolved_at'],
  ...['expires_at', 'created_at', 'updated_at'],
];

/**
 * An entry out of its JSON; times become dates. Of its values the payload alone has passed through
 * the codec: the rest is what people read, in SQL as well.
 *
 * @throws RatchetError WF109 a payload that is encoded, and cannot be decoded here
 */
export function toEntry(value: unknown): EscalationEntry {
  const entry = value as Record<string, unknown>;
  entry['resolver_payload'] = fromWithin(entry['resolver_payload']);
  for (const name of TIMES) {
    const time = entry[name];
    if (typeof time === 'string') entry[name] = new Date(time);
  }
  return entry as unknown as EscalationEntry;
}

export function readEntry(json: string): EscalationEntry {
  return toEntry(fromPlainJson(json));
}

export type EscalationVerb =
  'created' | 'claimed' | 'released' | 'reassigned' | 'resolved' | 'cancelled' | 'expired';

/** Tells of what has been committed with a task. */
export function publishEntry(
  sink: EventSink | undefined,
  entry: EscalationEntry,
  verb: EscalationVerb,
): void {
  if (sink === undefined) return;
  const { id, workflow_id, topic, origin_id, parent_id, trace_id, span_id } = entry;
  const lineage = { workflow_id, topic, origin_id, parent_id, trace_id, span_id };
  const known = Object.entries(lineage).filter(([, value]) => value !== null);
  const ts = entry.updated_at.toISOString();
  publishEvent(sink, {
    event_id: `${id}:${verb}:${ts}`,
    type: `system.escalation.${id}.${verb}`,
    ts,
    namespace: entry.namespace,
    app_id: entry.app_id,
    ...Object.fromEntries(known),
    data: { ...entry },
  });
}
