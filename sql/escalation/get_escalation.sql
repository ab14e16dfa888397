-- One task by its id; null if there is none, or not in that namespace.

create function ratchet.get_escalation(p_id uuid, p_namespace text default null) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where e.id = p_id and (p_namespace is null or e.namespace = p_namespace)
$$;
comment on function ratchet.get_escalation(uuid, text) is 'One task by its id, or null.';
