-- For programs that wait for results: returns those of the given jobs that have finished, and marks
-- the others so that the commit that ends one sends a notification. Ids that do not exist come with
-- status null.
-- Locks: the running jobs, in id order. Writes: jobs.

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
    where namespace = p_namespace and key = any (p_ids) and status > 0 and not is_watched)
  then
    with running as materialized (
      select id from ratchet.jobs
      where namespace = p_namespace and key = any (p_ids) and status > 0 and not is_watched
      order by id for no key update)
    update ratchet.jobs j set is_watched = true from running where j.id = running.id;
  end if;
  return query
  select given.id, j.id, j.status, j.result, j.error
  from unnest(p_ids) as given (id)
  left join ratchet.jobs j on j.key = given.id and j.namespace = p_namespace
  where j.id is null or j.status <= 0;
end $$;
comment on function ratchet.watch_jobs(text, text[]) is
  'Returns which of the jobs have finished, and asks for a notification when the others do.';
