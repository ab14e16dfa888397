-- Starts the hooks that steps scheduled in this transaction ask for, once per step, and answers the
-- steps. Whether there was a job to take them makes no difference to who asked.
-- The caller has locked the jobs that ran when it began (lock_jobs); one that was started since is
-- locked here, before its hooks are numbered by a statement that sees those it has.
-- Locks: jobs started meanwhile. Writes: jobs, threads, messages, attributes. Wakes: idle workers.

create function ratchet_internal.start_hooks(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hook record;
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(1) as attempts, array_agg(false) as failed,
    array_agg(to_json(m.job_id || '-' || m.address || '-' || m.position)::text) as answers,
    array_agg(target.id) as targets, array_agg(m.name) as workflows,
    array_agg(m.options ->> 'queue') as queues, array_agg(coalesce(m.input, '[]')) as inputs,
    array_agg(m.options -> 'retry') as policies,
    array_agg(ratchet_internal.search_of(m.options)) as data,
    array_agg(coalesce(m.options ->> 'shielded' = 'true', false)) as are_shielded
  into v_hook
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds, array['hook']) m
  left join lateral (
    select id from ratchet.jobs where namespace = m.namespace and key = m.options ->> 'id'
      and status > 0
      and ratchet_internal.is_name(m.options ->> 'queue') and ratchet_internal.is_name(m.name)
    limit 1 for no key update) target on true;
  if v_hook.jobs is null then return; end if;
  perform ratchet_internal.add_attributes(p_now, v_hook.targets, v_hook.data)
  where cardinality(array_remove(v_hook.data::text[], null)) > 0;
  perform ratchet_internal.open_threads(p_now, v_hook.targets, v_hook.workflows, v_hook.queues,
    v_hook.inputs, v_hook.policies, null, v_hook.are_shielded);
  perform ratchet_internal.settle(p_now, v_hook.jobs, v_hook.addresses, v_hook.positions,
    v_hook.attempts, v_hook.failed, v_hook.answers, true);
end $$;
comment on function ratchet_internal.start_hooks(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the hooks that steps scheduled in this transaction ask for, once per step.';
