-- The schedule of an id, locked. Raises: WF203, WF605.

create function ratchet_internal.lock_schedule(p_id text, p_namespace text)
returns ratchet.schedules
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schedule ratchet.schedules;
begin
  perform ratchet_internal.check_isolation();
  select * into v_schedule from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if not found then
    perform ratchet_internal.raise_error('WF203', 'schedule not found',
      jsonb_build_object('schedule', left(p_id, 512), 'namespace', left(p_namespace, 512)),
      'It was never created in this namespace, or it was deleted.');
  end if;
  return v_schedule;
end $$;
comment on function ratchet_internal.lock_schedule(text, text) is
  'The schedule of an id, locked; raises WF203 when there is none.';
