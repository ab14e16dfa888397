-- Everything a worker holds, as the exchange that claimed it returned it: for a worker whose
-- exchange got no answer and that does not know whether it was carried out. Turns come as kind turn
-- or careful. An exchange of the worker that the server still carries out is waited for; one that
-- comes later (it was on its way, or in a session that stood still) is not carried out any more, if
-- an epoch is given, a larger one each time, and named by the calls that follow.
-- Locks: the worker, for update. Writes: workers. Raises: WF401, WF605; 55P03 after 10 s.

create function ratchet.held_work(p_worker bigint, p_epoch int default 0)
returns setof ratchet.work
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '10s'
as $$
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker);
  update ratchet_internal.workers set epoch = p_epoch where id = p_worker and epoch < p_epoch;
  return query
  select case when m.kind = 'activity' then 'activity'
      when m.options is not null then 'careful' else 'turn' end,
    m.job_id, m.address, m.position,
    case m.kind when 'activity' then m.attempt else coalesce(hook.attempt, j.attempt) end,
    j.namespace, j.key, case m.kind when 'activity' then j.workflow else m.workflow end, m.queue,
    case m.kind when 'activity' then ratchet_internal.step_name(a.address, a.field)
      else j.entity end,
    case m.kind when 'activity' then a.input else coalesce(hook.input, j.input) end,
    case m.kind when 'activity' then m.options else coalesce(hook.options, j.options) end,
    false, m.kind = 'turn' and j.cancel_requested_at is not null
      and hook.is_shielded is not true,
    case when m.kind = 'activity' then j.queue when j.origin_id is not null then (
      select key from ratchet.jobs where id = j.origin_id) end, j.expire_seconds
  from ratchet_internal.messages m
  join ratchet.jobs j on j.id = any (array[m.job_id])
  left join lateral (
    select input, options, attempt, is_shielded from ratchet.threads
    where job_id = m.job_id and address = m.address limit 1) hook on true
  left join lateral (
    select address, field, input from ratchet.jobs_attributes
    where job_id = m.job_id and address = m.address and position = m.position limit 1) a on true
  where m.worker_id = p_worker and m.kind in ('turn', 'activity');
end $$;
comment on function ratchet.held_work(bigint, int) is
  'Everything a worker holds, for a worker that does not know whether its last exchange was '
  'carried out.';
