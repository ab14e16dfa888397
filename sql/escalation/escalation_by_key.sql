-- The task of a signal key: the pending one, else the newest of those that have ended; or null.

create function ratchet.escalation_by_key(p_key text, p_namespace text default null)
returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e) from ratchet.escalations e
  where e.signal_key = p_key and (p_namespace is null or e.namespace = p_namespace)
  order by e.status = 'pending' desc, e.created_at desc, e.id limit 1
$$;
comment on function ratchet.escalation_by_key(text, text) is
  'The task of a signal key: the pending one, else the newest; or null.';
