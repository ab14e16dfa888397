-- Removes finished jobs whose time is over: expire_seconds after their end, or p_older_than where
-- none was given, but never within a minute of their end; and reserved ids that nobody started in
-- time. Goes through the jobs in batches by number, taking up where the last call ended; skips what
-- others hold. Also drops expired signals, and has waits that were set aside looked at again.
-- Locks: the removed rows. Writes: jobs, attributes, signals, messages. Raises: WF103, WF104.
-- Returns how many jobs it removed.

create function ratchet.prune(
  p_older_than interval default '7 days', p_batch int default 10000
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_from bigint;
  v_to bigint;
  v_jobs bigint[];
begin
  perform ratchet_internal.check_prune(p_older_than, p_batch);
  select job_id into v_from from ratchet_internal.sweep for update skip locked;
  if not found then return 0; end if;
  select max(id) into v_to from (
    select id from ratchet.jobs where id > v_from order by id limit p_batch) batch;
  select array_agg(id) into v_jobs from (
    select id from ratchet.jobs
    where id > v_from and id <= v_to and (status = -1 and pending_until < v_now
      or status <= 0 and finished_at < v_now - interval '1 minute'
      and finished_at < v_now - case when expire_seconds is null then p_older_than
        else make_interval(secs => least(greatest(expire_seconds, 0), 1e10)) end)
    order by id for update skip locked) old;
  perform ratchet_internal.remove_jobs(v_jobs);
  perform ratchet_internal.drop_signals(v_now, null, p_batch);
  delete from ratchet_internal.graph_facts where ctid = any (array(
    select ctid from ratchet_internal.graph_facts where recorded_at < v_now - p_older_than
    order by recorded_at limit p_batch for update skip locked));
  update ratchet_internal.messages m set key = replace(m.key, E'\x1faside ', ''), attempt = 0
  from (
    select job_id, address, position from ratchet_internal.messages
    where key >= E'\x1faside ' and key < E'\x1faside!' and kind = 'wait'
    for update skip locked) aside
  where m.job_id = any (array[aside.job_id]) and m.address = aside.address
    and m.position = aside.position;
  update ratchet_internal.sweep set job_id = coalesce(v_to, 0);
  return coalesce(cardinality(v_jobs), 0);
end $$;
comment on function ratchet.prune(interval, int) is
  'Removes finished jobs past their retention, one batch a call (default 7 days, 10000 looked '
  'at); returns how many.';
