-- Checks the options of publish. Raises: WF101, WF104, WF105.

create function ratchet_internal.check_publish(p_options json) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  if p_options is null then return; end if;
  perform ratchet_internal.check_readable(p_options, 'options');
  if json_typeof(p_options) <> 'object' then
    v_option := '(not an object)';
  else
    select key into v_option from json_each(p_options)
    where key not in ('entity', 'search', 'marker', 'pending', 'trc', 'spn', 'reply_to',
      'request_id', 'expire', 'max_cycles')
      or json_typeof(value) <> 'null' and (
        key in ('search', 'marker') and case json_typeof(value) when 'object' then exists (
          select from json_object_keys(value) name where length(name) > 512) else true end
        or key in ('trc', 'spn', 'reply_to', 'entity') and json_typeof(value) <> 'string'
        or key = 'request_id'
          and value #>> '{}' !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        or key in ('pending', 'expire')
          and ratchet_internal.number_of(p_options, key, -1) not between 0 and 1e10
        or key = 'max_cycles'
          and ratchet_internal.number_of(p_options, key, -1) not between 1 and 1e7)
    limit 1;
  end if;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', left(v_option, 100)),
      'Options are entity, trc, spn, reply_to (texts), search, marker (objects, names of at most '
      || '512 characters), pending, expire (seconds), max_cycles (1 to 10 million), request_id '
      || '(uuid).');
  end if;
  if p_options ->> 'entity' is not null then
    perform ratchet_internal.check_name(p_options ->> 'entity', 'entity');
  end if;
end $$;
comment on function ratchet_internal.check_publish(json) is
  'Raises WF101, WF104 or WF105 unless the options of publish are valid.';
