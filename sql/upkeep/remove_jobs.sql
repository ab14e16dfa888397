-- Removes jobs with everything that belongs to them. The caller has locked them.
-- Writes: attributes, jobs. Returns how many jobs it removed.

create function ratchet_internal.remove_jobs(p_jobs bigint[]) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  delete from ratchet.jobs_attributes where job_id = any (p_jobs);
  delete from ratchet.jobs where id = any (p_jobs);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet_internal.remove_jobs(bigint[]) is
  'Removes jobs with everything that belongs to them; returns how many.';
