-- Adds to what has happened with a task; each milestone, an object, gets created_at. Null when
-- there is no such task. Locks: the task. Writes: escalations. Raises: WF104, WF105, WF501.
-- Idempotent with the same p_request_id.

create function ratchet.append_milestones(
  p_id uuid, p_milestones json, p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_row ratchet.escalations;
begin
  perform ratchet_internal.check_escalation(json_build_object('milestones', p_milestones));
  if exists (select from json_array_elements(p_milestones) as m (value)
    where json_typeof(m.value) <> 'object')
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'milestones'), 'Give an array of objects.');
  end if;
  select * into v_row from ratchet.escalations where id = p_id for update;
  if v_row.request_id is distinct from p_request_id or p_request_id is null then
    update ratchet.escalations
    set updated_at = v_now, request_id = p_request_id, milestones = milestones || coalesce((
      select jsonb_agg(m.value || jsonb_build_object('created_at', v_now) order by m.at)
      from jsonb_array_elements(p_milestones::jsonb) with ordinality as m (value, at)), '[]')
    where id = p_id returning * into v_row;
  end if;
  return ratchet_internal.escalation_entry(v_row);
end $$;
comment on function ratchet.append_milestones(uuid, json, uuid) is
  'Adds milestones to a task, each with the time; null when there is no such task.';
