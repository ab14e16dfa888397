-- Whether a worker holds all of these threads, each of them the main function of a job. One look-up
-- for all costs a quarter of one for each. False where there are few, for then a statement more
-- costs as much as it saves, and where there are other threads: ask for each.

create function ratchet_internal.holds_all(
  p_worker bigint, p_jobs bigint[], p_addresses text[]
) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if cardinality(p_jobs) < 10 or not '' = all (p_addresses) then return false; end if;
  return (
      select count(*) filter (where held.worker_id = p_worker) from ratchet_internal.messages held
      where held.job_id = any (p_jobs) and held.address = '' and held.position = 0)
    = (select count(distinct job_id) from unnest(p_jobs) job_id);
end $$;
comment on function ratchet_internal.holds_all(bigint, bigint[], text[]) is
  'Whether a worker holds all of these threads, main functions of many jobs; else ask for each.';
