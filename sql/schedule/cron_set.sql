-- The values that one field of a cron expression allows, in order; null when it cannot be read. The
-- names stand for p_least, p_least + 1, and so on. A step after a single number goes on to p_most.

create function ratchet_internal.cron_set(
  p_field text, p_least int, p_most int, p_names text[] default '{}'
) returns int[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
  with item as (
    select i.item, regexp_match(i.item,
      '^(?:[*?]|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,4}))?$') as part
    from string_to_table(lower(p_field collate "C"), ',') as i (item)),
  named as (
    select part is not null as is_read, part[1] is null as is_all, part[2] is null as is_single,
      part[3]::int as step, (
        select case when text ~ '^[0-9]' then text::int
          else p_least - 1 + array_position(p_names, text) end
        from (select part[1]) as t (text)) as first, (
        select case when text ~ '^[0-9]' then text::int
          else p_least - 1 + array_position(p_names, text) end
        from (select coalesce(part[2], part[1])) as t (text)) as last
    from item),
  span as (
    select is_read and coalesce(step, 1) > 0
        and (is_all or first >= p_least and last <= p_most and first <= last) as is_valid,
      case when is_all then p_least else first end as first,
      case when is_all or is_single and step is not null then p_most else last end as last,
      coalesce(step, 1) as step
    from named)
  select case when bool_and(coalesce(is_valid, false)) then (
    select array_agg(distinct value order by value)
    from span, generate_series(first, last, step) as value) end
  from span
$$;
comment on function ratchet_internal.cron_set(text, int, int, text[]) is
  'The values that a field of a cron expression allows; null when it cannot be read.';
