-- For a worker whose exchange was answered with an error. The reason may be nothing of its own, but
-- something that the exchange does for others: a user's trigger on one of the public tables raises,
-- or waits for a lock, for one job whose timer is due, whose signal has come, or whose worker is
-- lost. This does all that one by one, each in a subtransaction, which no exchange pays for: what
-- can be done is done; a job that cannot be answered ends with the error, or is put off. After that
-- the exchange may be repeated. The one that failed may still be ending: it is waited for, since
-- what it has locked would be skipped.
-- Locks: worker (for update); then jobs and messages, never waiting. What triggers lock is waited
-- for, 200 ms each time. Writes: as an exchange.
-- Raises: WF401, WF605. Returns what was set aside; a worker role is told no more than how much.

create function ratchet.set_aside(p_worker bigint)
returns table (namespace text, workflow_id text, problem text, is_ended boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform from ratchet_internal.workers where id = p_worker
    and ratchet_internal.is_own(role_name) for update;
  perform ratchet_internal.lock_worker(p_worker);
  return query
  with aside as materialized (
    select * from ratchet_internal.workers_apart(p_worker, v_now)
    union all
    select * from ratchet_internal.waits_apart(v_now)
    union all
    select * from ratchet_internal.due_apart(p_worker, v_now))
  select j.namespace, j.key, case when ratchet_internal.limited_role() is null then a.problem
    else 'something of another job was refused' end, a.is_ended
  from aside a
  left join ratchet.jobs j on j.id = any (array[a.job_id])
    and ratchet_internal.limited_role() is null;
end $$;
comment on function ratchet.set_aside(bigint) is
  'After a refused exchange: does what it does for others one by one, and sets aside what fails; '
  'returns that.';
