-- Starts hooks in jobs that run and take them; elsewhere nothing happens. The job's obligations
-- grow in the same commit.
-- Locks: the jobs (the caller has locked them, so that addresses are given once). Writes: jobs,
-- threads, messages. Wakes: idle workers of the queues. Returns how many it started.

create function ratchet_internal.open_threads(
  p_now timestamptz, p_jobs bigint[], p_workflows text[], p_queues text[], p_inputs json[],
  p_options json[], p_request_id uuid, p_are_shielded boolean[] default null
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  with target as (
    update ratchet.jobs j set status = j.status + w.count, updated_at = p_now
    from (
      select job_id, count(*)::int as count, array_agg(workflow order by at) as workflows,
        array_agg(queue order by at) as queues, array_agg(input order by at) as inputs,
        array_agg(options order by at) as options,
        array_agg(coalesce(is_shielded, false) order by at) as are_shielded
      from unnest(p_jobs, p_workflows, p_queues, p_inputs, p_options, p_are_shielded)
        with ordinality as w (job_id, workflow, queue, input, options, is_shielded, at)
      group by job_id order by job_id) w
    where j.id = any (array[w.job_id]) and j.status > 0 and j.is_hookable
    returning j.id, j.namespace, j.options as inherited, w.workflows, w.queues, w.inputs,
      w.options, w.are_shielded,
      (select count(*) from ratchet.threads t where t.job_id = j.id) as known),
  hook as materialized (
    select target.*, 'h' || known + w.nth as address, w.workflow, w.queue, w.input, w.is_shielded,
      ratchet_internal.hook_options(w.options, inherited) as terms
    from target cross join lateral unnest(workflows, queues, inputs, target.options,
      are_shielded) with ordinality as w (workflow, queue, input, options, is_shielded, nth)),
  opened as (
    insert into ratchet.threads
      (job_id, address, workflow, queue, request_id, options, input, created_at, is_shielded)
    select id, address, workflow, queue, p_request_id, terms, input, p_now, is_shielded from hook)
  insert into ratchet_internal.messages
    (job_id, address, due_at, kind, namespace, queue, workflow)
  select id, address, p_now, 'turn', namespace, queue, workflow from hook;
  get diagnostics v_count = row_count;
  perform ratchet_internal.wake_route(j.namespace, r.queue, r.workflow)
  from (select distinct w.job_id, w.queue, w.workflow from unnest(p_jobs, p_queues, p_workflows)
    as w (job_id, queue, workflow)) r
  join ratchet.jobs j on j.id = any (array[r.job_id])
  where v_count > 0;
  return v_count;
end $$;
comment on function ratchet_internal.open_threads(
  timestamptz, bigint[], text[], text[], json[], json[], uuid, boolean[]) is
  'Starts hooks in jobs that run and take them; returns how many it started.';
