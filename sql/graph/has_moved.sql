-- Whether an activity that a job had entered is elsewhere in the tree of the version that is active
-- now: an ancestor that it has there did not run where its address says. Only for what may have
-- been entered before that version was active: it costs a look at each ancestor.

create function ratchet_internal.has_moved(
  p_job bigint, p_activity ratchet_internal.graph_activities, p_item ratchet_internal.graph_item
) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from unnest(p_activity.path) with ordinality as above (position, depth)
    where above.depth < cardinality(p_activity.path) and (
      select true from ratchet.jobs_attributes a where a.job_id = p_job
        and a.address = ratchet_internal.cut_address(p_item.address, above.depth::int)
        and a.position = above.position limit 1) is null)
$$;
comment on function ratchet_internal.has_moved(
  bigint, ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'Whether an activity that a job had entered is elsewhere in the tree of the active version.';
