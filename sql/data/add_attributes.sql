-- Sets search attributes, as the option search of a hook has them, of jobs that run and take hooks.
-- What is no attribute is left out. A role that is limited to queues may not, so nothing is set.
-- Locks: nothing (the caller has locked the jobs). Writes: attributes.

create function ratchet_internal.add_attributes(
  p_now timestamptz, p_jobs bigint[], p_data json[]
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet.jobs_attributes as a (job_id, ledger, created_at, position, kind, address,
    field, value)
  select distinct on (j.id, each.name) j.id,
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), p_now, 1, 'attribute',
    '_' || each.name, '_' || each.name, each.value
  from unnest(p_jobs, p_data) with ordinality as given (job_id, data, at)
  join ratchet.jobs j on j.id = given.job_id and j.status > 0 and j.is_hookable
  cross join json_each_text(given.data) as each (name, value)
  where ratchet_internal.limited_role() is null and ratchet_internal.is_name(each.name)
    and each.value is not null
  order by j.id, each.name, given.at desc
  on conflict (job_id, address, position) do update
  set value = excluded.value, updated_at = p_now
$$;
comment on function ratchet_internal.add_attributes(timestamptz, bigint[], json[]) is
  'Sets search attributes of jobs that run and take hooks.';
