-- Ends a worker: deletes its row, and frees what it held for anybody. With p_is_lost (it died, or
-- was silent past its lease) its turns are marked so that they are run again carefully, each step
-- recorded before it runs; what has used up its attempts is failed instead of being freed, unless
-- p_is_failing is false. A turn
-- that is handed back, or that cannot have caused the loss, is not counted as an attempt.
-- Locks: the worker, then messages in order. Writes: workers, messages, attributes, jobs. Wakes:
-- idle workers.

create function ratchet_internal.release_worker(
  p_worker bigint, p_now timestamptz, p_is_lost boolean, p_is_failing boolean default true
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from ratchet_internal.workers where id = p_worker for update;
  if not found then return; end if;
  if p_is_lost and p_is_failing then
    perform ratchet_internal.fail_spent(p_worker, p_now);
  end if;
  -- Not before: its routes go with it, and they say how often their activities are tried.
  delete from ratchet_internal.workers where id = p_worker;
  perform from ratchet_internal.messages where worker_id = p_worker
  order by job_id + 0, address, position for update;
  update ratchet_internal.messages m
  set worker_id = null, due_at = p_now,
    options = case when m.kind = 'turn' and p_is_lost then '{"isCareful":true}' else m.options end,
    attempt = case when m.kind <> 'turn' then m.attempt
      when not p_is_lost then greatest(m.attempt - 1, 1)
      when ratchet_internal.is_suspect(m) then m.attempt else 1 end
  where m.worker_id = p_worker;
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers where is_idle);
end $$;
comment on function ratchet_internal.release_worker(bigint, timestamptz, boolean, boolean) is
  'Ends a worker and frees what it held, carefully if it was lost.';
