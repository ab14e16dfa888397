import type { Database, Queryable } from './database';
import { callRows } from './call';

// Each answers in rows of one text: JSON, or a number.
const CALLS = {
  create: 'ratchet.create_escalation($1, $2)',
  migrate: 'ratchet.migrate_escalation($1, $2)',
  get: 'ratchet.get_escalation($1, $2)',
  getByKey: 'ratchet.escalation_by_key($1, $2)',
  list: 'ratchet.list_escalations($1, $2, $3, $4)',
  count: 'ratchet.count_escalations($1)',
  stats: `ratchet.escalation_stats($1, $2::bigint * interval '1 millisecond')`,
  types: 'ratchet.escalation_types()',
  claim: 'ratchet.claim_escalation($1, $2, $3, $4)',
  claimByMetadata: 'ratchet.claim_escalation_by_metadata($1, $2, $3, $4, $5, $6, $7, $8)',
  claimMany: 'ratchet.claim_escalations($1, $2, $3, $4)',
  release: 'ratchet.release_escalation($1, $2, $3)',
  resolve: 'ratchet.resolve_escalation($1, $2, $3, $4, $5)',
  resolveByMetadata: 'ratchet.resolve_escalation_by_metadata($1, $2, $3, $4, $5, $6, $7)',
  resolveMany: 'ratchet.resolve_escalations($1, $2, $3, $4)',
  resolveAllOrNone: 'ratchet.resolve_all_escalations($1, $2, $3, $4, $5)',
  cancel: 'ratchet.cancel_escalation($1, $2, $3)',
  update: 'ratchet.update_escalation($1, $2)',
  appendMilestones: 'ratchet.append_milestones($1, $2, $3)',
  escalateToRole: 'ratchet.escalate_to_role($1, $2)',
  setPriority: 'ratchet.set_escalation_priority($1, $2)',
  prune: `ratchet.prune_escalations($1::bigint * interval '1 millisecond', $2, $3, $4)`,
  ofSteps: 'ratchet.escalations_of_steps($1, $2, $3)',
  stoppedBySteps: 'ratchet.stopped_escalations($1, $2, $3)',
  cancelledWith: 'ratchet.cancelled_escalations($1, $2)',
} as const;

/** Calls one of the functions of tasks; repeated with the same ids, it changes nothing more. */
export async function escalationRows(
  database: Database,
  call: keyof typeof CALLS,
  values: unknown[],
  tx?: Queryable,
): Promise<string[]> {
  const text = `select answer::text from ${CALLS[call]} as answer`;
  const rows = await callRows(database, tx, text, values);
  return rows.filter((row) => row !== null);
}
