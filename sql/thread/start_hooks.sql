-- Starts the hooks that steps scheduled in this transaction ask for, once per step, and answers the
-- steps. Whether there was a job to take them makes no difference to who asked.
-- Locks: nothing (the caller has locked the jobs that are hooked). Writes: jobs, threads, messages,
-- attributes. Wakes: idle workers.

create function ratchet_internal.start_hooks(p_now timestamptz, p_jobs bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hook record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg(to_json(m.job_id || '-' || m.address || '-' || m.position)::text) as answers,
    array_agg(target.id) as targets, array_agg(wanted.workflow) as workflows,
    array_agg(wanted.queue) as queues, array_agg(a.input) as inputs,
    array_agg(wanted.options -> 'retry') as policies,
    array_agg(ratchet_internal.search_of(wanted.options)) as data
  into v_hook
  from (
    select * from ratchet_internal.messages
    where job_id = any (p_jobs) and kind = 'child' and key = ''
    order by job_id, address, position) m
  join ratchet.jobs_attributes a using (job_id, address, position)
  cross join lateral (
    select options, options ->> 'queue' as queue, options ->> 'id' as id,
      ratchet_internal.step_name(a.address, a.field) as workflow
    from (select ratchet_internal.readable(m.options) as options) readable) wanted
  left join lateral (
    select id from ratchet.jobs where namespace = m.namespace and key = wanted.id
      and ratchet_internal.is_name(wanted.queue) and ratchet_internal.is_name(wanted.workflow)
    limit 1) target on true
  where a.kind = 'hook';
  if v_hook.jobs is null then return; end if;
  perform ratchet_internal.add_attributes(p_now, v_hook.targets, v_hook.data)
  where cardinality(array_remove(v_hook.data::text[], null)) > 0;
  perform ratchet_internal.open_threads(p_now, v_hook.targets, v_hook.workflows, v_hook.queues,
    v_hook.inputs, v_hook.policies, null);
  perform ratchet_internal.settle(p_now, v_hook.jobs, v_hook.addresses, v_hook.positions,
    v_hook.attempts, v_hook.failed, v_hook.answers, true);
end $$;
comment on function ratchet_internal.start_hooks(timestamptz, bigint[]) is
  'Starts the hooks that steps scheduled in this transaction ask for, once per step.';
