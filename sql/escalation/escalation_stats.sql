-- Counts of tasks: now pending, those of them that are claimed, and created and resolved in the
-- period that ends now. Also by role, of roles with pending tasks, and by type, of types with any
-- that are pending or were resolved. p_roles: only these; an empty array gives zeros.

create function ratchet.escalation_stats(
  p_roles text[] default null, p_period interval default '24 hours'
) returns json
language sql stable security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
  with now as materialized (select ratchet_internal.now() as at),
  one as (
    select e.role, e.type, true as pending, e.assigned_until > now.at as claimed,
      false as created, false as resolved
    from ratchet.escalations e, now where e.status = 'pending'
    union all
    select e.role, e.type, false, false, true, false from ratchet.escalations e
    where e.created_at > (select at - p_period from now)
    union all
    select e.role, e.type, false, false, false, true from ratchet.escalations e
    where e.resolved_at > (select at - p_period from now)),
  grouped as (
    select role, type, grouping(role) = 0 as by_role, grouping(type) = 0 as by_type,
      count(*) filter (where pending) as pending, count(*) filter (where claimed) as claimed,
      count(*) filter (where created) as created, count(*) filter (where resolved) as resolved
    from one where p_roles is null or role = any (p_roles)
    group by grouping sets ((), (role), (type)))
  select json_build_object('pending', pending, 'claimed', claimed, 'created', created,
    'resolved', resolved, 'by_role', coalesce((select json_agg(json_build_object('role', role,
      'pending', pending, 'claimed', claimed) order by role)
      from grouped where by_role and pending > 0), '[]'),
    'by_type', coalesce((select json_agg(json_build_object('type', type, 'pending', pending,
      'claimed', claimed, 'resolved', resolved) order by type)
      from grouped where by_type and pending + resolved > 0), '[]'))
  from grouped where not by_role and not by_type
$$;
comment on function ratchet.escalation_stats(text[], interval) is
  'Counts of tasks: pending, claimed, created and resolved in a period, by role and by type.';
