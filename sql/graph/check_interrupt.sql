-- Checks the options of interrupt. Raises: WF104, WF105.

create function ratchet_internal.check_interrupt(p_options json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) <> 'object' then
    v_option := '(not an object)';
  else
    select key into v_option from json_each(p_options)
    where key not in ('throw', 'reason', 'code', 'stack', 'expire', 'suppress', 'descend')
      or json_typeof(value) <> 'null' and json_typeof(value) <> case
        when key in ('throw', 'suppress', 'descend') then 'boolean'
        when key in ('code', 'expire') then 'number' else 'string' end
      or key = 'code' and json_typeof(value) = 'number'
        and ratchet_internal.number_of(p_options, 'code', -1) not between 1 and 1e9
    limit 1;
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are throw, suppress (booleans), reason, stack (texts), code, expire (numbers).');
  end if;
end $$;
comment on function ratchet_internal.check_interrupt(json) is
  'Raises WF104 or WF105 unless the options of interrupt are valid.';
