-- Lists tasks that fit a filter, the most urgent first, of equal ones the newest. p_order: an array
-- of {"column", "direction"}. Raises: WF104, WF105.

create function ratchet.list_escalations(
  p_filter json default '{}', p_order json default '[]', p_limit int default 50,
  p_offset int default 0
) returns setof json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_filter jsonb := ratchet_internal.escalation_filter(p_filter);
  v_roles text[] := ratchet_internal.texts(v_filter -> 'roles');
  v_by text[];
  v_down boolean[];
begin
  select columns, downs into v_by, v_down
  from ratchet_internal.escalation_order(p_order, p_limit, p_offset);
  if v_by is not null then
    return query
    select ratchet_internal.escalation_entry(p, v_now) from (
      select e.* from ratchet.escalations e
      where ratchet_internal.escalation_matches(e, v_filter, v_now)) p
    cross join lateral (select array(select ratchet_internal.escalation_sort_key(p, by.name)
      from unnest(v_by) with ordinality as by (name, at) order by by.at) as keys) sort
    order by case when not v_down[1] then keys[1] end,
      case when v_down[1] then keys[1] end desc nulls last,
      case when not v_down[2] then keys[2] end,
      case when v_down[2] then keys[2] end desc nulls last,
      case when not v_down[3] then keys[3] end,
      case when v_down[3] then keys[3] end desc nulls last,
      case when not v_down[4] then keys[4] end,
      case when v_down[4] then keys[4] end desc nulls last,
      case when not v_down[5] then keys[5] end,
      case when v_down[5] then keys[5] end desc nulls last,
      case when not v_down[6] then keys[6] end,
      case when v_down[6] then keys[6] end desc nulls last,
      p.created_at desc, p.id
    limit p_limit offset p_offset;
  elsif v_roles is not null then
    return query
    select ratchet_internal.escalation_entry(page.e, v_now)
    from (select distinct name from unnest(v_roles) as each (name)) role
    cross join lateral (
      select e from ratchet.escalations e
      where e.role = role.name
        and ratchet_internal.escalation_matches(e, v_filter - 'roles', v_now)
      order by e.priority, e.created_at desc limit p_limit::bigint + p_offset) page
    order by (page.e).priority, (page.e).created_at desc, (page.e).id
    limit p_limit offset p_offset;
  else
    return query
    select ratchet_internal.escalation_entry(e, v_now) from ratchet.escalations e
    where ratchet_internal.escalation_matches(e, v_filter, v_now)
    order by e.priority, e.created_at desc, e.id limit p_limit offset p_offset;
  end if;
end $$;
comment on function ratchet.list_escalations(json, json, int, int) is
  'Lists tasks that fit a filter ({"role": "reviewer", "status": "pending"}), the most urgent '
  'first, or as p_order says ([{"column": "created_at", "direction": "desc"}]). WF104 names the '
  'filters and the columns.';
