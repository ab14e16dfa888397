-- Resolves the most urgent, oldest pending task whose metadata have a value under a key. One that
-- somebody else ends at this moment is waited for, and the next is tried. Answers as
-- resolve_escalation does, encoded with the id of the task; where none is pending, as the newest of
-- those that were.
-- Locks, writes, wakes: as resolve_escalation. Raises: WF101, WF105, and as resolve_escalation.
-- Idempotent with the same p_request_id.

create function ratchet.resolve_escalation_by_metadata(
  p_key text, p_value json, p_payload json default null, p_roles text[] default null,
  p_metadata json default null, p_request_id uuid default null,
  p_namespace text default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_wanted jsonb := ratchet_internal.wanted_metadata(p_key, p_value);
  v_id uuid;
  v_answer json;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  -- Done by the first sending of this call, which may have put another value under the key.
  select id into v_id from ratchet.escalations
  where request_id = p_request_id and status = 'resolved'
    and metadata @> (v_wanted || coalesce(p_metadata::jsonb, '{}'));
  for v_try in 1 .. 1000 loop
    if v_id is null then
      select id into v_id from ratchet.escalations
      where metadata @> v_wanted and status = 'pending'
        and (p_roles is null or role = any (p_roles))
        and (p_namespace is null or namespace = p_namespace)
      order by priority, created_at, id limit 1;
    end if;
    if v_id is null then
      select id into v_id from ratchet.escalations
      where metadata @> v_wanted and (p_roles is null or role = any (p_roles))
        and (p_namespace is null or namespace = p_namespace)
      order by updated_at desc limit 1;
      exit;
    end if;
    v_answer := ratchet.resolve_escalation(v_id, p_payload, p_metadata, null, p_request_id);
    if (ratchet_internal.readable(v_answer) ->> 'ok')::boolean then return v_answer; end if;
    if v_answer ->> 'reason' = 'encoded' then
      return json_build_object('ok', false, 'reason', 'encoded', 'id', v_id);
    end if;
    v_id := null;
  end loop;
  return coalesce(
    (select json_build_object('ok', false, 'reason', 'already-' || status)
      from ratchet.escalations where id = v_id and status <> 'pending'),
    '{"ok": false, "reason": "not-found"}');
end $$;
comment on function ratchet.resolve_escalation_by_metadata(
  text, json, json, text[], json, uuid, text) is
  'Resolves the most urgent, oldest pending task whose metadata have a value under a key.';
