-- The first option of a start, or field of its retry policy, that has no meaning or a value out of
-- range. A loop over few, and not a statement: a start with one option would pay for them all.

create function ratchet_internal.bad_option(p_options json) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_key text;
  v_value json;
  v_bad text;
begin
  for v_key, v_value in select key, value from json_each(p_options) loop
    if v_key = 'retry' and json_typeof(v_value) = 'object' then
      select 'retry.' || key into v_bad from json_each(v_value)
      where key in ('maximumAttempts', 'initialInterval', 'backoffCoefficient', 'maximumInterval')
        and json_typeof(value) <> 'null'
        and not ratchet_internal.number_of(v_value, key, -1) between 0 and 1e100
      limit 1;
      if v_bad is not null then return v_bad; end if;
    elsif not coalesce(case v_key
        when 'watch' then json_typeof(v_value) = 'boolean'
        when 'entity' then ratchet_internal.is_name(v_value #>> '{}')
        when 'expire' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'delay' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'pending' then ratchet_internal.number_of(p_options, v_key, -1) between 0 and 1e13
        when 'search' then ratchet_internal.is_search(v_value)
        when 'persistent' then json_typeof(v_value) in ('boolean', 'null')
        when 'signalIn' then json_typeof(v_value) in ('boolean', 'null')
        when 'marker' then ratchet_internal.is_marker(v_value)
        when 'retry' then json_typeof(v_value) = 'null' end, false)
    then
      return v_key;
    end if;
  end loop;
  return null;
end $$;
comment on function ratchet_internal.bad_option(json) is
  'Name of an option of a start that is unknown or has a bad value; null when all are well.';
