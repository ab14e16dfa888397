-- For programs that wait for results: returns those of the given jobs that have a result or an
-- error, and marks the others so that the commit that ends one sends a notification on the
-- channel ratchet_results. Ids that do not exist come with status null; a job whose error nobody is
-- to get comes without it.
-- Locks: the jobs that have not ended, in id order. Writes: jobs.

create function ratchet.watch_jobs(p_namespace text, p_ids text[])
returns table (workflow_id text, job_id bigint, status int, result json, error json)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  if exists (
    select from ratchet.jobs
    where namespace = p_namespace and key = any (p_ids) and finished_at is null
      and not is_watched)
  then
    with running as materialized (
      select id from ratchet.jobs
      where namespace = p_namespace and key = any (p_ids) and finished_at is null
        and not is_watched
      order by id + 0 for no key update)
    update ratchet.jobs j set is_watched = true from running where j.id = any (array[running.id]);
  end if;
  return query
  select given.id, j.id, j.status, j.result, case when not j.is_silent then j.error end
  from unnest(p_ids) as given (id)
  left join lateral (
    select * from ratchet.jobs where key = given.id and namespace = p_namespace
      and (status <> -1 or pending_until > ratchet_internal.now()) limit 1) j on true
  where j.id is null or j.finished_at is not null or j.returned_at is not null;
end $$;
comment on function ratchet.watch_jobs(text, text[]) is
  'Returns which of the jobs have finished, and asks for a notification on ratchet_results '
  'when the others do.';
