-- Sets search attributes of jobs: those of each object, which belongs to the job at its place. What
-- is no attribute is left out; of two values for one, the last counts. Null objects: nothing.
-- Who may is for the caller to decide. Locks: nothing (the caller has locked the jobs, or they are
-- new). Writes: attributes.

create function ratchet_internal.set_attributes(
  p_now timestamptz, p_jobs bigint[], p_data json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into ratchet.jobs_attributes as a (job_id, ledger, created_at, position, kind, address,
    field, value)
  select distinct on (given.job_id, each.name) given.job_id,
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now, 1, 'attribute',
    '_' || each.name, '_' || each.name, each.value
  from unnest(p_jobs, p_data) with ordinality as given (job_id, data, at)
  cross join json_each_text(given.data) with ordinality as each (name, value, at)
  where ratchet_internal.is_name(each.name) and each.value is not null
  order by given.job_id, each.name, given.at desc, each.at desc
  on conflict (job_id, address, position) do update
  set value = excluded.value, updated_at = p_now;
end $$;
comment on function ratchet_internal.set_attributes(timestamptz, bigint[], json[]) is
  'Sets search attributes of jobs, an object of them for each.';
