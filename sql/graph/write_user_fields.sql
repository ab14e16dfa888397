-- Stores user data (names that begin with _) and markers (-) of a job beside its job data: one row
-- each, with the name as address and field; a later value takes the place of an earlier one, and
-- null, which reads as what is not there, takes it away.
-- Locks: the job (the caller has it). Writes: attributes.

create function ratchet_internal.write_user_fields(
  p_job bigint, p_now timestamptz, p_fields jsonb
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet.jobs_attributes as a
    (job_id, address, position, kind, field, ledger, value, created_at)
  select p_job, key, 1, case when left(key, 1) = '_' then 'attribute' else 'marker' end, key,
    ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1), value, p_now
  from jsonb_each_text(p_fields) where value is not null
  on conflict (job_id, address, position) do update
  set value = excluded.value, updated_at = p_now
  where a.value is distinct from excluded.value;
  delete from ratchet.jobs_attributes a using jsonb_each(p_fields) field
  where a.job_id = p_job and a.address = field.key and a.position = 1 and field.value = 'null'
$$;
comment on function ratchet_internal.write_user_fields(bigint, timestamptz, jsonb) is
  'Stores user data and markers of a job, one row each.';
