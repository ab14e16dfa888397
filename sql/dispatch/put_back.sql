-- Gives a claimed activity back that this worker cannot run, to be taken again after a delay. The
-- claim does not count as an attempt: the next one has the same number, so that only p_epoch (as
-- held_work was last given, if it was) tells a late call from one about a claim of now. Does
-- nothing when the claim is no longer the worker's.
-- Locks: worker (key share), the message. Writes: messages. Raises: WF401, WF404, WF605.
-- Idempotent.

create function ratchet.put_back(
  p_worker bigint, p_job_id bigint, p_position int, p_attempt int, p_address text default '',
  p_delay_ms int default 500, p_epoch int default 0
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker, p_epoch);
  update ratchet_internal.messages
  set worker_id = null, attempt = attempt - 1,
    due_at = ratchet_internal.write_time() + make_interval(secs => greatest(p_delay_ms, 0) / 1000.0)
  where job_id = p_job_id and address = p_address and position = p_position
    and worker_id = p_worker and attempt = p_attempt and kind = 'activity';
end $$;
comment on function ratchet.put_back(bigint, bigint, int, int, text, int, int) is
  'Gives a claimed activity back without counting it as an attempt.';
