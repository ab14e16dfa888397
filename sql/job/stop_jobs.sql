-- Stops the jobs that steps scheduled in this transaction ask to stop, once per step, and answers
-- the steps: whether this one stopped the job, or why it could not. A job may stop itself; then
-- nothing of it is left to be answered.
-- Locks: nothing (the caller has locked the jobs). Writes: jobs, messages, attributes. Wakes: as
-- end_jobs.

create function ratchet_internal.stop_jobs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_stop record;
  v_stopped bigint[];
begin
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.options ->> 'id') as ids,
    array_agg(m.options) as options, array_agg(target.id) as targets
  into v_stop
  from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
    array['terminate']) m
  left join lateral (
    select id from ratchet.jobs where namespace = m.namespace and key = m.options ->> 'id'
    limit 1) target on true;
  if v_stop.jobs is null then return; end if;
  v_stopped := ratchet_internal.interrupt_jobs(p_now, v_stop.targets, v_stop.ids, v_stop.options);
  perform ratchet_internal.settle(p_now, array_agg(s.job_id), array_agg(s.address),
    array_agg(s.at), array_agg(1), array_agg(s.is_failed), array_agg(case
      when not s.is_failed then to_json(coalesce(s.target = any (v_stopped), false))
      else json_build_object('message', 'Job ' || s.id || case when s.target is null
        then ' not found' else ' already completed' end,
        'code', case when s.target is null then 404 else 410 end) end::text), true)
  from (
    select *, target is null or not coalesce(target = any (v_stopped), false)
        and coalesce(options ->> 'suppress', '') <> 'true' as is_failed
    from unnest(v_stop.jobs, v_stop.addresses, v_stop.positions, v_stop.ids, v_stop.options,
      v_stop.targets) as s (job_id, address, at, id, options, target)) s
  join ratchet_internal.messages m
    on m.job_id = any (array[s.job_id]) and m.address = s.address and m.position = s.at
      and m.kind = 'child'
  having count(*) > 0;
end $$;
comment on function ratchet_internal.stop_jobs(
  timestamptz, bigint[], text[], int[], text[]) is
  'Stops the jobs that steps scheduled in this transaction ask to stop, once per step.';
