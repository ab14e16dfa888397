-- Text as milliseconds since 1970: ISO 8601, or the loose English forms that JavaScript reads:
-- month names, month/day/year, am and pm, zones, remarks in brackets. NaN when it is neither.

create function ratchet_internal.pipe_parse_date(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  c_zones constant jsonb := '{"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420}';
  v_text text collate "C" := lower(
    regexp_replace(p_text, E'\\([^()]*\\)', ' ', 'g') collate "C");
  v_month int;
  v_zone float8 := 0;
  v_time text[];
  v_words text[];
  v_numbers float8[];
begin
  if length(p_text) > 200 then return 'NaN'; end if;
  v_numbers[1] := ratchet_internal.pipe_parse_iso(p_text);
  if v_numbers[1] is not null then return v_numbers[1]; end if;
  if p_text ~* '^[0-9]{4}-[0-9]{2}-[0-9]{2}T' then return 'NaN'; end if;
  v_time := regexp_match(v_text,
    E'([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\\.([0-9]+))?)?(?:\\s*(am|pm)\\y)?');
  if v_time is not null then
    v_text := regexp_replace(v_text,
      E'[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]+)?)?(\\s*(am|pm)\\y)?', ' @ ');
  end if;
  v_words := regexp_match(v_text, E'(?:@|gmt|utc?|z)\\s*([-+])([0-9]{2}):?([0-9]{2})?\\y');
  if v_words is not null then
    v_zone := (v_words[1] || '1')::int * (v_words[2]::int * 60 + coalesce(v_words[3]::int, 0));
    v_text := regexp_replace(v_text, E'((?:@|gmt|utc?|z)\\s*)[-+][0-9]{2}:?([0-9]{2})?\\y', E'\\1');
  end if;
  if v_text ~ ':' then return 'NaN'; end if;
  v_words := array(select m[1] from regexp_matches(v_text, '([a-z]+)', 'g') as m);
  for i in 1..cardinality(v_words) loop
    if c_zones ? v_words[i] and v_words[i] <> '' then
      v_zone := v_zone + (c_zones ->> v_words[i])::float8;
    elsif v_words[i] ~ '^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)' then
      v_month := (strpos('janfebmaraprmayjunjulaugsepoctnovdec', left(v_words[i], 3)) + 2) / 3;
    elsif v_words[i] !~ '^(mon|tue|wed|thu|fri|sat|sun|t$)' then
      return 'NaN';
    end if;
  end loop;
  v_numbers := array(select m[1]::float8 from regexp_matches(v_text, '([0-9]{1,9})', 'g') as m);
  return ratchet_internal.pipe_loose_time(v_numbers, v_month, v_time, v_zone);
end $$;
comment on function ratchet_internal.pipe_parse_date(text) is
  'Text as milliseconds since 1970, by the wide rules of JavaScript; NaN when it is no date.';
