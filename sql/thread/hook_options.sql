-- What a hook with a retry policy of its own is told beside its arguments: field by field its own,
-- else what its job has: the rest of the policy, and the trace. Total: what is no object is kept.

create function ratchet_internal.hook_options(p_own json, p_job json) returns json
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  select case
    when json_typeof(p_own) = 'object' and json_typeof(p_job) = 'object'
    then (ratchet_internal.readable(p_job)::jsonb || ratchet_internal.readable(p_own)::jsonb)::json
    else p_own end
$$;
comment on function ratchet_internal.hook_options(json, json) is
  'The retry policy of a hook, with what it leaves open, and the trace, of its job.';
