-- Starts hooks in jobs that run and take them; elsewhere nothing happens. The job's obligations
-- grow in the same commit.
-- Locks: the jobs (the caller has locked them, so that addresses are given once). Writes: jobs,
-- threads, messages. Wakes: idle workers of the queues. Returns how many it started.

create function ratchet_internal.open_threads(
  p_now timestamptz, p_jobs bigint[], p_workflows text[], p_queues text[], p_inputs json[],
  p_options json[], p_request_id uuid
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with wanted as materialized (
    select w.*, row_number() over (partition by w.job_id order by w.at) as nth
    from unnest(p_jobs, p_workflows, p_queues, p_inputs, p_options) with ordinality
      as w (job_id, workflow, queue, input, options, at)),
  target as (
    update ratchet.jobs j set status = j.status + w.count, updated_at = p_now
    from (select job_id, count(*)::int as count from wanted group by job_id order by job_id) w
    where j.id = w.job_id and j.status > 0 and j.is_hookable
    returning j.id, j.namespace, j.options, (
      select count(*) from ratchet.threads t where t.job_id = j.id) as known),
  opened as (
    insert into ratchet.threads
      (job_id, address, workflow, queue, request_id, options, input, created_at)
    select w.job_id, 'h' || w.nth + target.known, w.workflow, w.queue, p_request_id,
      ratchet_internal.hook_options(w.options, target.options), w.input, p_now
    from wanted w join target on target.id = w.job_id
    returning job_id, address, workflow, queue)
  insert into ratchet_internal.messages
    (job_id, address, due_at, kind, namespace, queue, workflow)
  select o.job_id, o.address, p_now, 'turn', target.namespace, o.queue, o.workflow
  from opened o join target on target.id = o.job_id;
  get diagnostics v_count = row_count;
  perform ratchet_internal.wake_route(j.namespace, r.queue, r.workflow)
  from (select distinct w.job_id, w.queue, w.workflow from unnest(p_jobs, p_queues, p_workflows)
    as w (job_id, queue, workflow)) r
  join ratchet.jobs j on j.id = r.job_id
  where v_count > 0;
  return v_count;
end $$;
comment on function ratchet_internal.open_threads(
  timestamptz, bigint[], text[], text[], json[], json[], uuid) is
  'Starts hooks in jobs that run and take them; returns how many it started.';
