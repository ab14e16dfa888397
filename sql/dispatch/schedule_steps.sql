-- Records steps that somebody else must answer, each with the message that makes it move. What was
-- recorded before is left out, so that a repeated call changes nothing: the lock of the job shows
-- all that its other calls have recorded. A step aimed at another job or at a signal is inserted as
-- a child message without a key, which the functions called afterwards, in the same transaction,
-- replace by its target. Operations on the data of the job do not wait: they are carried out here.
-- Locks: the jobs (the caller has locked them: who stops one waits, or has stopped it and then
--   nothing is scheduled). Writes: attributes, messages, jobs (children), signals, escalations.
-- Wakes: idle workers of the activities' queues. Returns how many steps were new.

create function ratchet_internal.schedule_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_inputs json[], p_queues text[], p_delays bigint[],
  p_attempts int[], p_held boolean[], p_failed boolean[], p_options json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_holds_all constant boolean := ratchet_internal.holds_all(p_worker, p_jobs, p_addresses);
  v_count bigint;
begin
  with step as materialized (
    select s.*, j.namespace, coalesce(hook.queue, j.queue) as job_queue,
      coalesce(hook.workflow, j.workflow) as workflow
    from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_inputs, p_queues, p_delays,
      p_attempts, p_held, p_failed, p_options)
      as s (job_id, address, at, kind, name, input, queue, delay, attempt, is_held, is_failed,
        options)
    cross join lateral (
      select namespace, queue, workflow from ratchet.jobs
      where id = s.job_id and status > 0 limit 1) j
    left join lateral (
      select queue, workflow from ratchet.threads where ratchet_internal.is_hook(s.address)
        and job_id = s.job_id and address = s.address limit 1) hook on true
    where s.kind not in ('search', 'entity') and (v_holds_all or (
      select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
        and held.address = s.address and held.position = 0) = p_worker)
      and (
        select true from ratchet.jobs_attributes a
        where a.job_id = s.job_id and a.address = s.address and a.position = s.at) is null),
  recorded as (
    insert into ratchet.jobs_attributes
      (job_id, address, position, kind, field, ledger, input, target, created_at)
    select job_id, address, at, kind, ratchet_internal.step_field(address, at, name),
      ratchet_internal.leg1_done(attempt), input, case when kind in ('child', 'start')
        then ratchet_internal.readable(options) ->> 'id' end, p_now
    from step)
  insert into ratchet_internal.messages (job_id, address, position, kind, namespace, queue,
    workflow, due_at, worker_id, attempt, key, options)
  select s.job_id, s.address, s.at,
    case s.kind when 'sleep' then 'timer' when 'activity' then 'activity' when 'wait' then 'wait'
      else 'child' end,
    s.namespace, case s.kind when 'activity' then s.queue else s.job_queue end,
    case s.kind when 'activity' then '' else s.workflow end,
    case when s.is_failed then p_now + ratchet_internal.retry_delay(s.options, s.attempt)
      when s.kind = 'activity' then p_now
      when s.delay is null then 'infinity' else ratchet_internal.after(p_now, s.delay) end,
    case when s.is_held then p_worker end, case s.kind when 'wait' then 0 else s.attempt end,
    case when s.kind = 'wait' then s.name when s.kind not in ('sleep', 'activity') then '' end,
    s.options
  from step s;
  get diagnostics v_count = row_count;
  if 'activity' = any (p_kinds) then
    perform ratchet_internal.wake_queues(p_worker, p_queues);
  end if;
  if 'wait' = any (p_kinds) and exists (select from unnest(p_kinds, p_options)
    as s (kind, options) where kind = 'wait' and options is not null)
  then
    perform ratchet_internal.escalate_waits(p_now, p_jobs);
  end if;
  if p_kinds && array['search', 'entity'] then
    v_count := v_count + ratchet_internal.change_data(p_worker, p_now, p_jobs, p_addresses,
      p_positions, p_kinds, p_names, p_inputs);
  end if;
  if not p_kinds <@ array['activity', 'sleep', 'wait'] then
    perform ratchet_internal.act_on_steps(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.schedule_steps(bigint, timestamptz, bigint[], text[], int[],
  text[], text[], json[], text[], bigint[], int[], boolean[], boolean[], json[]) is
  'Records steps that somebody else must answer, with the messages that make them move.';
