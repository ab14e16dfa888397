-- The longest number at the start of a text, after white space; NaN when there is none.

create function ratchet_internal.pipe_parse_float(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_start text := substring(ratchet_internal.pipe_trim(p_text, 'start') from
    E'^[-+]?(?:Infinity|(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?)');
begin
  return case when v_start is null then 'NaN'
    else ratchet_internal.pipe_text_number(v_start) end;
end $$;
comment on function ratchet_internal.pipe_parse_float(text) is
  'The number at the start of a text, or NaN.';
