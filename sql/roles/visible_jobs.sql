-- Of the given jobs those whose history this session may read: a worker role sees those that its
-- workers hold.

create function ratchet_internal.visible_jobs(p_jobs bigint[]) returns bigint[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if ratchet_internal.limited_role() is null then return p_jobs; end if;
  return array(
    select given.job_id from unnest(p_jobs) as given (job_id)
    where (
      select true from ratchet_internal.messages m
      where m.job_id = given.job_id and m.position = 0 and (
        select role_name from ratchet_internal.workers where id = m.worker_id)
          = ratchet_internal.limited_role() limit 1));
end $$;
comment on function ratchet_internal.visible_jobs(bigint[]) is
  'Of the given jobs those whose history this session may read.';
