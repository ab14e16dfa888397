-- The outputs of the ancestors of an activity, as seen from its address, as far as it or an
-- activity below it reads them. A stretch begins with this and carries it along. offset 0 keeps the
-- order of the joins: a plan made before there are statistics reads the whole version otherwise.

create function ratchet_internal.load_scope(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_address text
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_activity.reads = '{}' then return '{}'; end if;
  return coalesce((
    select jsonb_object_agg(each.name, ratchet_internal.activity_entry(above.activity,
      run.attribute, ratchet_internal.row_output(run.attribute, p_job.input),
      ratchet_internal.row_hook(run.attribute), case when (run.attribute).is_failed then
        ratchet_internal.response_error((run.attribute).value, (run.attribute).code) end))
    from (
      select a.position, a.name, ratchet_internal.cut_address(p_address, a.depth::int) as address
      from unnest(p_activity.path, p_activity.path_names)
        with ordinality as a (position, name, depth)
      where a.name = any (p_activity.reads) and a.depth < cardinality(p_activity.path)) each
    cross join lateral (select g as activity from ratchet_internal.graph_activities g
      where g.version_id = p_activity.version_id and g.position = each.position offset 0) above
    cross join lateral (select a as attribute from ratchet.jobs_attributes a
      where a.job_id = p_job.id and a.address = each.address and a.position = each.position
      offset 0) run), '{}');
end $$;
comment on function ratchet_internal.load_scope(
  ratchet.jobs, ratchet_internal.graph_activities, text) is
  'The outputs of the ancestors of an activity, as seen from its address.';
