-- Dates from nothing or from text: symbol.date, date.now, yyyymmdd, fromISOString, parse, UTC.

create function ratchet_internal.pipe_date_make(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now float8 := floor(extract(epoch from ratchet_internal.now()) * 1000);
  v_time float8;
  v_parts float8[] := '{NaN,0,1,0,0,0,0}';
begin
  case p_function
    when 'symbol.date' then return ratchet_internal.pipe_from_date(v_now);
    when 'date.now' then return to_jsonb(v_now);
    when 'date.yyyymmdd' then
      return to_jsonb(split_part(
        ratchet_internal.pipe_date_text('date.toISOString', v_now), 'T', 1));
    when 'date.UTC' then
      for i in 1..7 loop
        continue when p_args[i] is null or p_args[i] = '{"$": "undefined"}';
        v_parts[i] := ratchet_internal.pipe_number(p_args[i]);
      end loop;
      if trunc(v_parts[1]) between 0 and 99 then v_parts[1] := 1900 + trunc(v_parts[1]); end if;
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_time(v_parts));
    when 'date.parse' then
      return ratchet_internal.pipe_from_number(
        ratchet_internal.pipe_parse_date(ratchet_internal.pipe_text(p_args[1])));
    else
      v_time := case ratchet_internal.pipe_kind(p_args[1])
        when 'text' then ratchet_internal.pipe_parse_date(p_args[1] #>> '{}')
        when 'list' then
          ratchet_internal.pipe_parse_date(ratchet_internal.pipe_text(p_args[1]))
        else ratchet_internal.pipe_number(p_args[1]) end;
      return ratchet_internal.pipe_from_date(v_time);
  end case;
end $$;
comment on function ratchet_internal.pipe_date_make(text, jsonb[]) is
  'Dates from nothing or from text: now, yyyymmdd, parse, fromISOString, UTC.';
