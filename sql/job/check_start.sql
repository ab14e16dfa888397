-- Checks what every way of starting a job is given.
-- Raises: WF101 for a bad name, WF104 for a bad option.

create function ratchet_internal.check_start(
  p_namespace text, p_workflow text, p_queue text, p_options json
) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_name(p_namespace, 'namespace');
  perform ratchet_internal.check_name(p_workflow, 'workflow');
  perform ratchet_internal.check_name(p_queue, 'queue');
  if p_options is null then return; end if;
  if json_typeof(p_options) = 'object' then
    select key into v_option from json_each(p_options)
    where key not in ('entity', 'expire', 'retry', 'delay')
      or key = 'entity' and not ratchet_internal.is_name(value #>> '{}')
      or key = 'retry' and json_typeof(value) not in ('object', 'null')
      or key in ('expire', 'delay') and not (json_typeof(value) = 'number'
        and (value #>> '{}')::float8 between 0 and 1e13) limit 1;
  else
    v_option := '(not an object)';
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', v_option),
      'Options are entity (name), expire (seconds), delay (milliseconds), retry (object).');
  end if;
end $$;
comment on function ratchet_internal.check_start(text, text, text, json) is
  'Raises WF101 or WF104 unless namespace, workflow, queue and options of a start are valid.';
