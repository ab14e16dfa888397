-- The response codes a condition asks for, as a list of texts: 200 unless it says something else.

create function ratchet_internal.codes_of(p_code jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case jsonb_typeof(p_code)
    when 'array' then coalesce((
      select jsonb_agg(code) from jsonb_array_elements_text(p_code) code), '[]')
    when 'number' then jsonb_build_array(p_code #>> '{}')
    when 'string' then jsonb_build_array(p_code #>> '{}')
    else '["200"]' end
$$;
comment on function ratchet_internal.codes_of(jsonb) is
  'The response codes a condition asks for, as a list of texts.';
