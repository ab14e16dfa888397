-- What one field of a cron expression allows; null when it is invalid. A last day is 100, the last
-- weekday n of a month 100 + n, the k-th weekday n of a month 200 + 10n + k.

create function ratchet_internal.pipe_cron_field(p_name text, p_field text) returns int[]
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_least int := case when p_name in ('day', 'month') then 1 else 0 end;
  v_most int := case p_name when 'hour' then 23 when 'day' then 31 when 'month' then 12
    when 'weekday' then 7 else 59 end;
  v_names text[] := case p_name
    when 'month' then '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
    when 'weekday' then '{sun,mon,tue,wed,thu,fri,sat}' else '{}' end;
  v_field text := replace(p_field, '?', '*');
  v_allowed int[] := '{}';
  v_item text;
  m text[];
  v_from int;
  v_to int;
begin
  for i in 1..cardinality(v_names) loop
    v_field := regexp_replace(v_field, '\m' || v_names[i] || '\M', (i - 1 + v_least)::text, 'g');
  end loop;
  foreach v_item in array string_to_array(v_field, ',') loop
    if p_name = 'day' and v_item = 'l' then
      v_allowed := v_allowed || 100;
    elsif p_name = 'weekday' and v_item ~ '^[0-7](l|#[1-5])$' then
      v_allowed := v_allowed || case when right(v_item, 1) = 'l' then 100 + left(v_item, 1)::int % 7
        else 200 + left(v_item, 1)::int % 7 * 10 + right(v_item, 1)::int end;
    else
      m := regexp_match(v_item, '^(?:(\*)|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,4}))?$');
      if m is null or m[4]::int = 0 then return null; end if;
      v_from := coalesce(m[2]::int, v_least);
      v_to := case when m[1] is not null then v_most when m[3] is not null then m[3]::int
        when m[4] is not null then v_most else v_from end;
      if v_from > v_to or v_from < v_least or v_to > v_most then return null; end if;
      v_allowed := v_allowed || array(
        select n from generate_series(v_from, v_to, coalesce(m[4]::int, 1)) as n);
    end if;
  end loop;
  return nullif(array(
    select distinct case when p_name = 'weekday' and n = 7 then 0 else n end
    from unnest(v_allowed) as n order by 1), '{}');
end $$;
comment on function ratchet_internal.pipe_cron_field(text, text) is
  'What one field of a cron expression allows; null when it is invalid.';
