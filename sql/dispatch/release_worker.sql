-- Ends a worker: frees what it held for anybody, and deletes its row. With p_is_lost (it died, or
-- was silent past its lease) its turns are marked so that they are run again carefully, each step
-- recorded before it runs; what has used up its attempts is failed instead of being freed, unless
-- p_is_failing is false. A turn that is handed back, or that cannot have caused the loss, is not
-- counted as an attempt.
-- What somebody else has locked (a user's transaction that stops the job, say) is not waited for:
-- the row stays for it, marked as lost, and comes up again a second later, as what it is now: a
-- worker that has stopped by itself is never counted as lost.
-- Locks: the worker; then messages, skipping what others hold. Writes: workers, messages,
-- attributes, jobs. Raises: WF605. Wakes: idle workers.

create function ratchet_internal.release_worker(
  p_worker bigint, p_now timestamptz, p_is_lost boolean, p_is_failing boolean default true
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_has_stopped boolean;
  v_is_lost boolean;
begin
  perform ratchet_internal.check_isolation(); -- what it has just claimed would be forgotten
  select has_stopped or not p_is_lost into v_has_stopped
  from ratchet_internal.workers where id = p_worker for update;
  if not found then return; end if;
  v_is_lost := not v_has_stopped;
  if v_is_lost and p_is_failing then
    perform ratchet_internal.fail_spent(p_worker, p_now);
  end if;
  with held as materialized (
    select ctid as row_at from ratchet_internal.messages where worker_id = p_worker
    order by job_id + 0, address, position for update skip locked)
  update ratchet_internal.messages m
  set worker_id = null, due_at = p_now,
    options = case when m.kind = 'turn' and v_is_lost then '{"isCareful":true}' else m.options end,
    attempt = case when m.kind <> 'turn' then m.attempt
      when not v_is_lost then greatest(m.attempt - 1, 1)
      when ratchet_internal.is_suspect(m) then m.attempt else 1 end
  from held h where m.ctid = h.row_at;
  if exists (select from ratchet_internal.messages where worker_id = p_worker) then
    update ratchet_internal.workers
    set is_lost = true, has_stopped = v_has_stopped, is_idle = false, idle_at = null,
      expires_at = p_now + interval '1 second'
    where id = p_worker;
  else
    delete from ratchet_internal.workers where id = p_worker;
  end if;
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers where is_idle);
end $$;
comment on function ratchet_internal.release_worker(bigint, timestamptz, boolean, boolean) is
  'Ends a worker and frees what it held, carefully if it was lost.';
