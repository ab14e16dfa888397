-- The types of all tasks, sorted: the index is looked into once for each.

create function ratchet.escalation_types() returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with recursive each (type) as (
    select min(type) from ratchet.escalations
    union all
    select (select min(e.type) from ratchet.escalations e where e.type > each.type)
    from each where each.type is not null)
  select type from each where type is not null order by type
$$;
comment on function ratchet.escalation_types() is 'The types of all tasks, sorted.';
