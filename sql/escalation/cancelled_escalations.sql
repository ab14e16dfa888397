-- The tasks that were cancelled with a job that was stopped: for the client that tells of it.

create function ratchet.cancelled_escalations(p_id text, p_namespace text default 'durable')
returns setof json
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.escalation_entry(e)
  from ratchet.jobs j
  join ratchet.escalations e on e.workflow_id = j.key and e.namespace = j.namespace
    and e.status = 'cancelled' and e.updated_at = j.finished_at
  where j.key = p_id and j.namespace = p_namespace and j.status < 0
$$;
comment on function ratchet.cancelled_escalations(text, text) is
  'The tasks that were cancelled with a job that was stopped.';
