-- What a task is sorted by under the name of a column, as one type for all of them.

create function ratchet_internal.escalation_sort_key(p_row ratchet.escalations, p_column text)
returns jsonb
language sql immutable parallel safe
return case p_column when 'priority' then to_jsonb(p_row.priority)
  when 'created_at' then to_jsonb(extract(epoch from p_row.created_at))
  when 'updated_at' then to_jsonb(extract(epoch from p_row.updated_at))
  when 'resolved_at' then to_jsonb(extract(epoch from p_row.resolved_at))
  when 'role' then to_jsonb(p_row.role) when 'type' then to_jsonb(p_row.type) end;
comment on function ratchet_internal.escalation_sort_key(ratchet.escalations, text) is
  'What a task is sorted by under the name of a column.';
