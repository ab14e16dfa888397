-- ISO 8601 text as milliseconds since 1970; null when it is not ISO 8601, NaN when there is no such
-- date. Without a zone it is UTC. The parts are cut out by position: a regular expression that
-- captures them is fifty times slower than one that only matches. What is less usual is written as
-- the usual first: without separators, blanks around it or before the zone, hours alone.

create function ratchet_internal.pipe_parse_iso(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_split int := strpos(translate(p_text, 't ', 'TT') || 'T', 'T');
  v_day text := left(p_text, v_split - 1);
  v_clock text := rtrim(substr(p_text, v_split + 1), 'Zz');
  v_width int := case when left(p_text, 1) in ('-', '+') then 7 else 4 end;
  v_zone text := '';
  v_month int;
  v_date int;
  v_hour int;
  v_minute int;
  v_second int;
  v_offset int := 0;
  v_usual text;
begin
  if p_text is null then return 'NaN'; end if;
  if p_text !~ ('^([-+][0-9]{2})?[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?([Tt ][0-9]{2}:[0-9]{2}'
    || '(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[-+][0-9]{2}:?[0-9]{2})?)?$') then
    v_usual := ratchet_internal.pipe_usual_iso(p_text);
    return case when v_usual <> p_text then ratchet_internal.pipe_parse_iso(v_usual) end;
  end if;
  if v_clock ~ '[-+]' then
    v_zone := replace(substr(v_clock, strpos(translate(v_clock, '+', '-'), '-')), ':', '');
    v_clock := left(v_clock, strpos(translate(v_clock, '+', '-'), '-') - 1);
    v_offset := substr(v_zone, 2, 2)::int * 60 + right(v_zone, 2)::int;
    if substr(v_zone, 2, 2)::int > 23 or right(v_zone, 2)::int > 59 then return 'NaN'; end if;
    if left(v_zone, 1) = '-' then v_offset := -v_offset; end if;
  end if;
  v_month := coalesce(nullif(substr(v_day, v_width + 2, 2), ''), '1');
  v_date := coalesce(nullif(substr(v_day, v_width + 5, 2), ''), '1');
  v_hour := coalesce(nullif(left(v_clock, 2), ''), '0');
  v_minute := coalesce(nullif(substr(v_clock, 4, 2), ''), '0');
  v_second := coalesce(nullif(substr(v_clock, 7, 2), ''), '0');
  if v_month not between 1 and 12 or v_date not between 1 and 31 or v_hour > 24 or v_minute > 59
    or v_second > 59 or v_day like '-000000%'
    or v_hour = 24 and (v_minute > 0 or v_second > 0 or substr(v_clock, 10) ~ '[1-9]') then
    return 'NaN';
  end if;
  return ratchet_internal.pipe_time(array[left(v_day, v_width)::float8, v_month - 1, v_date,
    v_hour, v_minute - v_offset, v_second, rpad(substr(v_clock, 10, 3), 3, '0')::float8]);
end $$;
comment on function ratchet_internal.pipe_parse_iso(text) is
  'ISO 8601 text as milliseconds since 1970; null when it is not ISO 8601.';
