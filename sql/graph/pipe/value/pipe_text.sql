-- A value as text: items of a list joined by commas, [object Object] for an object, the long
-- English form for a date. p_depth is how many lists it is in.

create function ratchet_internal.pipe_text(p_value jsonb, p_depth int default 0) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_value);
begin
  return case v_kind
    when 'text' then p_value #>> '{}'
    when 'number' then
      ratchet_internal.pipe_number_text(ratchet_internal.pipe_number(p_value))
    when 'list' then ratchet_internal.pipe_join(p_value, ',', p_depth)
    when 'object' then '[object Object]'
    when 'date' then
      ratchet_internal.pipe_date_text('date.toString', ratchet_internal.pipe_number(p_value))
    when 'boolean' then p_value #>> '{}'
    else v_kind end;
end $$;
comment on function ratchet_internal.pipe_text(jsonb, int) is
  'A value as text (ToString of JavaScript).';
