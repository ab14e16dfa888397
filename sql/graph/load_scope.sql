-- The outputs of the ancestors of an activity, as seen from its address, as far as it or an
-- activity below it reads them. A stretch begins with this and carries it along.

create function ratchet_internal.load_scope(
  p_job ratchet.jobs, p_activity ratchet_internal.graph_activities, p_address text
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_activity.reads = '{}' then return '{}'; end if;
  return coalesce((
    select jsonb_object_agg(above.name, ratchet_internal.activity_entry(above, a,
      ratchet_internal.row_output(a, p_job.input), ratchet_internal.row_hook(a),
      case when a.is_failed then ratchet_internal.response_error(a.value, a.code) end))
    from unnest(p_activity.path, p_activity.path_names)
      with ordinality as each (position, name, depth)
    join ratchet_internal.graph_activities above
      on above.version_id = p_activity.version_id and above.position = each.position
    join ratchet.jobs_attributes a on a.job_id = p_job.id and a.position = each.position
      and a.address = ratchet_internal.cut_address(p_address, each.depth::int)
    where each.name = any (p_activity.reads) and each.depth < cardinality(p_activity.path)), '{}');
end $$;
comment on function ratchet_internal.load_scope(
  ratchet.jobs, ratchet_internal.graph_activities, text) is
  'The outputs of the ancestors of an activity, as seen from its address.';
