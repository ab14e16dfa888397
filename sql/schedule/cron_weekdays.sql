-- The values of the weekday field of a cron expression, as cron_rule has them; null when it cannot
-- be read.

create function ratchet_internal.cron_weekdays(p_field text) returns int[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with item as (
    select i.item, case when named.day is null then m.special
      else array[(named.day - 1)::text, m.special[2], m.special[3]] end as special
    from string_to_table(lower(p_field collate "C"), ',') as i (item)
    cross join lateral (
      select regexp_match(i.item,
        '^([0-7]|sun|mon|tue|wed|thu|fri|sat)(?:(l)|#([1-5]))$') as special) m
    cross join lateral (
      select array_position('{sun,mon,tue,wed,thu,fri,sat}', m.special[1]) as day) named),
  plain as (
    select ratchet_internal.cron_set(string_agg(item, ','), 0, 7,
      '{sun,mon,tue,wed,thu,fri,sat}') as days, count(*) as count
    from item where special is null)
  select case when plain.days is not null or plain.count = 0 then (
    select array_agg(distinct value order by value)
    from (
      select day % 7 from unnest(plain.days) as day
      union all
      select case when special[2] is not null then 10 + special[1]::int % 7
        else 100 + special[1]::int % 7 * 10 + special[3]::int end
      from item where special is not null) as every (value)) end
  from plain
$$;
comment on function ratchet_internal.cron_weekdays(text) is
  'The values of the weekday field of a cron expression; null when it cannot be read.';
