-- A date as text, in the form of one of the functions date.to*. null is the invalid date where the
-- form has none.

create function ratchet_internal.pipe_date_text(p_function text, p_time float8) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  p float8[];
  v_iso text;
  v_day text;
  v_clock text;
begin
  if p_time = 'NaN' then
    return case when p_function not in ('date.toISOString', 'date.toJSON', 'date.toISOXString')
      then 'Invalid Date' end;
  end if;
  p := ratchet_internal.pipe_date_parts(p_time);
  if p_function in ('date.toISOString', 'date.toJSON', 'date.toISOXString') then
    v_iso := case when p[1] between 0 and 9999 then lpad(p[1]::text, 4, '0')
      else case when p[1] < 0 then '-' else '+' end || lpad(abs(p[1])::text, 6, '0') end
      || format('-%s-%sT%s:%s:%s.%sZ', lpad((p[2] + 1)::text, 2, '0'), lpad(p[3]::text, 2, '0'),
        lpad(p[4]::text, 2, '0'), lpad(p[5]::text, 2, '0'), lpad(p[6]::text, 2, '0'),
        lpad(p[7]::text, 3, '0'));
    return case p_function when 'date.toISOXString'
      then left(v_iso, 1) || translate(substr(v_iso, 2), '-:TZ', '') else v_iso end;
  elsif p_function like 'date.toLocale%' then
    v_day := format('%s/%s/%s', p[2] + 1, p[3], case when p[1] > 0 then p[1] else 1 - p[1] end);
    v_clock := format('%s:%s:%s %s', (p[4]::int + 11) % 12 + 1, lpad(p[5]::text, 2, '0'),
      lpad(p[6]::text, 2, '0'), case when p[4] < 12 then 'AM' else 'PM' end);
    return case p_function when 'date.toLocaleDateString' then v_day
      when 'date.toLocaleTimeString' then v_clock else v_day || ', ' || v_clock end;
  end if;
  v_day := format('%s %s %s %s%s',
    (array['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])[p[8]::int + 1],
    substr('JanFebMarAprMayJunJulAugSepOctNovDec', p[2]::int * 3 + 1, 3), lpad(p[3]::text, 2, '0'),
    case when p[1] < 0 then '-' else '' end,
    lpad(abs(p[1])::text, greatest(4, length(abs(p[1])::text)), '0'));
  return case p_function when 'date.toDateString' then v_day
    else format('%s %s:%s:%s GMT+0000 (Coordinated Universal Time)', v_day,
      lpad(p[4]::text, 2, '0'), lpad(p[5]::text, 2, '0'), lpad(p[6]::text, 2, '0')) end;
end $$;
comment on function ratchet_internal.pipe_date_text(text, float8) is
  'A date as text, in the form of one of the functions date.to*.';
