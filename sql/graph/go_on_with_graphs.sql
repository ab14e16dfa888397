-- Goes on with the graphs among jobs that have answers which are with nobody. Returns the jobs that
-- are none: the same list with the graphs' places empty; null when all are graphs.
-- Locks: jobs, never waiting. Writes: all that stretches do.

create function ratchet_internal.go_on_with_graphs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.advance_graphs(p_now, row(0, null, array(
    select job_id from (
      select each.job_id, min(each.at) as at
      from unnest(p_jobs, p_addresses) with ordinality as each (job_id, address, at)
      where ratchet_internal.is_graph(each.address) group by each.job_id) job order by job.at)));
  return (
    select array_agg(case when not ratchet_internal.is_graph(each.address) then each.job_id end
      order by each.at)
    from unnest(p_jobs, p_addresses) with ordinality as each (job_id, address, at)
    having bool_or(not ratchet_internal.is_graph(each.address)));
end $$;
comment on function ratchet_internal.go_on_with_graphs(timestamptz, bigint[], text[]) is
  'Goes on with the graphs among jobs that have answers; returns the list without them.';
