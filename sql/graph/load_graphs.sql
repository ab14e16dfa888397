-- Locks jobs of graphs and their answers, never waiting, and loads what their stretches begin with:
-- the jobs, what has been answered, and the outputs of ancestors as far as an activity or one below
-- it reads them. What somebody else has locked is left for later. offset 0 keeps the order of the
-- joins: a plan made before there are statistics reads whole tables otherwise. The last one keeps
-- the condition on items from aggregating them, and looking up all ancestors, a second time.

create function ratchet_internal.load_graphs(p_now timestamptz, p_jobs bigint[])
returns ratchet_internal.graph_loads
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_jobs bigint[] := array(
    select id from ratchet.jobs
    where id = any (p_jobs) and status > 0 and version is not null
    order by id for no key update skip locked);
  v_loads ratchet_internal.graph_loads;
begin
  v_loads.drafts := array(
    select row(p_now, app.version_id, null, false, j, found.ahead, found.items, 0, null, null,
      null, null, null, '{}', null, null, null, null, null, null, null, null, null, null, null,
      app.activated_at)::ratchet_internal.graph_draft
    from unnest(v_jobs) as given (id)
    cross join lateral (select * from ratchet.jobs where id = given.id offset 0) j
    cross join lateral (select a.version_id, a.activated_at from ratchet_internal.graph_apps a
      where a.space = j.namespace offset 0) app
    cross join lateral (
      select array_agg(row(m.address, m.position, coalesce(scope.outputs, '{}'), run, m.options,
        m.ctid)::ratchet_internal.graph_item
        order by m.due_at, m.address, m.position) as items,
        array_agg(app.version_id << 32 | m.position) || max(activity.ahead) as ahead
      from (
        select ctid, address, position, options, due_at from ratchet_internal.messages
        where job_id = j.id and kind = 'result' and due_at <= p_now and position > 0
        order by address, position for update skip locked) m
      left join lateral (select a.* from ratchet.jobs_attributes a
        where a.job_id = j.id and a.address = m.address and a.position = m.position
        offset 0) run on true
      left join lateral (select a.* from ratchet_internal.graph_activities a
        where a.version_id = app.version_id and a.position = m.position offset 0)
        activity on true
      cross join lateral (select case when run.job_id is null then activity.reads
        else activity.reads_late end as reads) needed
      cross join lateral (select case when needed.reads <> '{}' then (
        select jsonb_object_agg(above.name, ratchet_internal.row_entry(above, a, j.input))
        from unnest(activity.path, activity.path_names) with ordinality
          as each (position, name, depth)
        cross join lateral (select a.* from ratchet_internal.graph_activities a
          where a.version_id = app.version_id and a.position = each.position offset 0) above
        cross join lateral (select a.* from ratchet.jobs_attributes a
          where a.job_id = j.id and a.position = each.position
            and a.address = ratchet_internal.cut_address(m.address, each.depth::int)
          offset 0) a
        where each.name = any (needed.reads) and each.depth < cardinality(activity.path))
        end as outputs) scope
      offset 0) found
    where found.items is not null);
  return v_loads;
end $$;
comment on function ratchet_internal.load_graphs(timestamptz, bigint[]) is
  'Locks jobs of graphs, never waiting, and loads what their stretches begin with.';
