-- A number as a value: what JSON cannot hold becomes a tagged object.

create function ratchet_internal.pipe_from_number(p_number float8) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_number = 0 then
    return case when p_number::text = '-0' then '{"$": "-0"}'::jsonb else '0' end;
  end if;
  if p_number in ('NaN', 'Infinity', '-Infinity') then
    return jsonb_build_object('$', p_number::text);
  end if;
  return to_jsonb(p_number);
end $$;
comment on function ratchet_internal.pipe_from_number(float8) is
  'A number as a value; NaN, infinities and -0 are tagged.';
