-- Sets search attributes, as the option search of a hook has them, of jobs that run and take hooks.
-- A role that is limited to queues may not, so nothing is set.
-- Locks: nothing (the caller has locked the jobs). Writes: attributes.

create function ratchet_internal.add_attributes(
  p_now timestamptz, p_jobs bigint[], p_data json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.set_attributes(p_now, array_agg(j.id order by given.at),
    array_agg(given.data order by given.at))
  from unnest(p_jobs, p_data) with ordinality as given (job_id, data, at)
  join ratchet.jobs j on j.id = any (array[given.job_id]) and j.status > 0 and j.is_hookable
  where ratchet_internal.limited_role() is null
  having count(*) > 0;
end $$;
comment on function ratchet_internal.add_attributes(timestamptz, bigint[], json[]) is
  'Sets search attributes of jobs that run and take hooks.';
