-- Checks the fields that a task is given. Raises: WF104, WF105, WF501.

create function ratchet_internal.check_escalation(p_fields json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_field text;
begin
  perform ratchet_internal.check_size(p_fields, 'task');
  perform ratchet_internal.check_readable(p_fields, 'task');
  v_field := case when json_typeof(p_fields) = 'object'
    then ratchet_internal.bad_escalation(p_fields) else '(not an object)' end;
  if v_field is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_field, 100)),
      'Fields of a task are named as the columns of ratchet.escalations, in camel case: signalKey,'
      || ' expiresAt. They are texts; priority is a whole number, metadata an object, times are ISO'
      || ' 8601 or milliseconds.');
  end if;
end $$;
comment on function ratchet_internal.check_escalation(json) is
  'Raises WF104, WF105 or WF501 unless the fields of a task are valid.';
