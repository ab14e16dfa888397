-- Values that YAML cannot write: symbol.*.

create function ratchet_internal.pipe_symbol(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_function
    when 'symbol.null' then 'null'::jsonb
    when 'symbol.whitespace' then '" "'
    when 'symbol.object' then '{}'
    when 'symbol.array' then '[]'
    when 'symbol.posInfinity' then '{"$": "Infinity"}'
    when 'symbol.negInfinity' then '{"$": "-Infinity"}'
    when 'symbol.NaN' then '{"$": "NaN"}' end;
end $$;
comment on function ratchet_internal.pipe_symbol(text, jsonb[]) is
  'Values that YAML cannot write, such as undefined and NaN.';
