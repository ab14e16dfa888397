-- Claims the most urgent, oldest available task whose metadata have a value under a key; where
-- there is none, extends the assignee's own claim of one. Skips what others have locked. Answers as
-- claim_escalation, with "candidatesExist": how many such tasks are pending, claimed or not.
-- Locks: the task, skipping what others hold. Writes: escalations. Raises: WF101, WF103, WF104,
-- WF105. Idempotent with the same p_request_id.

create function ratchet.claim_escalation_by_metadata(
  p_key text, p_value json, p_assignee text, p_minutes float8 default 1,
  p_roles text[] default null, p_metadata json default null, p_request_id uuid default null,
  p_namespace text default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_until timestamptz := ratchet_internal.claim_end(p_assignee, p_minutes, v_now);
  v_wanted jsonb := ratchet_internal.wanted_metadata(p_key, p_value);
  v_id uuid;
  v_candidates bigint;
begin
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  v_candidates := (select count(*) from ratchet.escalations
    where metadata @> v_wanted and status = 'pending'
      and (p_roles is null or role = any (p_roles))
      and (p_namespace is null or namespace = p_namespace));
  select id into v_id from ratchet.escalations
  where request_id = p_request_id and assigned_to = p_assignee and status = 'pending';
  if v_id is not null then
    return (select (ratchet.claim_escalation(v_id, p_assignee, p_minutes, p_request_id)::jsonb
      || jsonb_build_object('candidatesExist', greatest(v_candidates, 1)))::json);
  end if;
  select id into v_id from ratchet.escalations
  where metadata @> v_wanted and status = 'pending'
    and (p_roles is null or role = any (p_roles))
    and (p_namespace is null or namespace = p_namespace)
    and (assigned_to is null or assigned_until <= v_now or assigned_to = p_assignee)
  order by assigned_to = p_assignee and assigned_until > v_now nulls first, priority, created_at,
    id
  limit 1 for update skip locked;
  if v_id is null then
    return json_build_object('ok', false, 'candidatesExist', v_candidates,
      'reason', case when v_candidates > 0 then 'conflict' else 'not-found' end);
  end if;
  return (ratchet_internal.take_escalation(v_id, p_assignee, v_until, v_now, p_metadata::jsonb,
    p_request_id)::jsonb
    || jsonb_build_object('candidatesExist', greatest(v_candidates, 1)))::json;
end $$;
comment on function ratchet.claim_escalation_by_metadata(
  text, json, text, float8, text[], json, uuid, text) is
  'Claims the most urgent, oldest available task whose metadata have a value under a key.';
