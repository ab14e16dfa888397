-- Ends a worker: deletes its row, and frees what it held for anybody. With p_is_lost (it died, or was silent
-- past its lease) its turns are marked so that they are run again carefully, each step recorded
-- before it runs; what has used up its attempts is failed instead of being freed.
-- Locks: the worker, then messages. Writes: workers, messages, attributes, jobs. Wakes: everyone idle.

create function ratchet_internal.release_worker(
  p_worker bigint, p_now timestamptz, p_is_lost boolean
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ratchet_internal.workers where id = p_worker;
  if not found then return; end if;
  update ratchet_internal.messages m
  set worker_id = null, due_at = p_now,
    options = case when m.kind = 'turn' and p_is_lost then '{"isCareful":true}' else m.options end,
    attempt = case when m.kind = 'turn' and p_is_lost and exists (
      select from ratchet.jobs_attributes a where a.job_id = m.job_id
        and coalesce(a.updated_at, a.created_at) > m.due_at) then 1 else m.attempt end
  where m.worker_id = p_worker;
  if p_is_lost then
    perform ratchet_internal.fail_spent(p_now);
  end if;
  perform pg_notify('ratchet', '') where exists (
    select from ratchet_internal.workers where is_idle);
end $$;
comment on function ratchet_internal.release_worker(bigint, timestamptz, boolean) is
  'Ends a worker and frees what it held, carefully if it was lost.';
