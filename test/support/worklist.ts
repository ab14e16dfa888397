import type { engine } from './engine';

type Sql = ReturnType<typeof engine>;

/** Tasks of 50 roles and 20 types, one in fifty of them pending, the rest resolved long ago. */
export async function fillWorklist(sql: Sql, tasks: number): Promise<void> {
  await sql.rows(
    `insert into ratchet.escalations (signal_key, workflow_id, type, role, status, priority,
      metadata, resolved_at, created_at, updated_at)
    select 'key-' || i, 'workflow-' || i, 'type-' || i % 20, 'role-' || i / 50 % 50,
      case when i % 50 = 0 then 'pending' else 'resolved' end, i % 7,
      jsonb_build_object('order', i),
      case when i % 50 <> 0 then old.at + interval '1 hour' end, old.at, old.at
    from generate_series(1, $1::int) i
    cross join lateral (select ratchet_internal.now() - interval '30 days'
      - i * interval '1 second' as at) old`,
    [tasks],
  );
  await sql.rows('analyze ratchet.escalations');
}

/** What people and programs ask most often. */
export const QUESTIONS: Record<string, string> = {
  'the first page': `ratchet.list_escalations('{}')`,
  'what is pending': `ratchet.list_escalations('{"status": "pending"}')`,
  'what is available': `ratchet.list_escalations('{"available": true}')`,
  'what is free for a role': `ratchet.list_escalations('{"role": "role-7", "available": true}')`,
  'for roles': `ratchet.list_escalations('{"roles": ["role-1"], "available": true}')`,
  'by type': `ratchet.list_escalations('{"type": "type-0", "status": "pending"}')`,
  'by metadata': `ratchet.list_escalations('{"metadata": {"order": 100}}')`,
  'by workflow': `ratchet.list_escalations('{"workflowId": "workflow-100"}')`,
  'by signal key': `ratchet.escalation_by_key('key-100')`,
  'all types': 'ratchet.escalation_types()',
  'a claim by metadata': `ratchet.claim_escalation_by_metadata('order', '150', 'ann')`,
  'a count for a role': `ratchet.count_escalations('{"role": "role-7", "available": true}')`,
  'figures for a role': `ratchet.escalation_stats(array['role-7'])`,
};

/** Pages that a question touches. */
export async function pagesOf(sql: Sql, question: string): Promise<number> {
  const plan = await sql.value(`explain (analyze, buffers, format json) select * from ${question}`);
  return plan[0].Plan['Shared Hit Blocks'] + plan[0].Plan['Shared Read Blocks'];
}
