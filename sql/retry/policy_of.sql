-- The retry policy of a function as its job has it, with the defaults of the worker that ran it for
-- what that leaves open. Total, as the functions that read it.

create function ratchet_internal.policy_of(
  p_policy json, p_worker bigint, p_namespace text, p_queue text, p_workflow text
) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retry json;
begin
  select retry into v_retry from ratchet_internal.worker_routes
  where worker_id = p_worker and namespace = p_namespace and queue = p_queue
    and workflow = p_workflow;
  if v_retry is null then return p_policy; end if;
  return (
    select json_object_agg(limits.name, limits.value)
    from unnest(array['maximumAttempts', 'initialInterval', 'backoffCoefficient',
      'maximumInterval']) as f (name)
    cross join lateral (select f.name, ratchet_internal.number_of(p_policy, f.name,
      ratchet_internal.number_of(v_retry, f.name, null)) as value) limits
    where limits.value is not null);
end $$;
comment on function ratchet_internal.policy_of(json, bigint, text, text, text) is
  'The retry policy of a job, with the defaults of the worker that ran it for what that leaves '
  'open.';
