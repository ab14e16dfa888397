-- Hands over the answers addressed to a worker. A thread that nobody holds any more becomes this worker's
-- turn; an answer for a thread that another worker holds goes on to that one; one for a thread
-- that waits to be claimed is dropped, since its claim will read the history.
-- Locks: messages. Writes: messages.

create function ratchet_internal.take_results(p_worker bigint, p_now timestamptz)
returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from ratchet_internal.messages
    where worker_id = p_worker and kind = 'result')
  then
    return;
  end if;
  insert into ratchet_internal.messages
    (job_id, address, position, kind, namespace, queue, workflow, due_at, worker_id, attempt)
  select distinct on (r.job_id, r.address) r.job_id, r.address, 0, 'turn', r.namespace, r.queue,
    r.workflow, p_now, p_worker, 0
  from ratchet_internal.messages r
  where r.worker_id = p_worker and r.kind = 'result'
    and not exists (select from ratchet_internal.messages held
      where held.job_id = r.job_id and held.address = r.address and held.position = 0)
  order by r.job_id, r.address
  on conflict do nothing;
  return query
  with answer as materialized (
    select r.job_id, r.address, r.position, held.worker_id as holder,
      held.worker_id = p_worker and held.attempt = 0 as is_new
    from ratchet_internal.messages r
    join ratchet_internal.messages held
      on held.job_id = r.job_id and held.address = r.address and held.position = 0
    where r.worker_id = p_worker and r.kind = 'result' for update of r),
  forwarded as (
    update ratchet_internal.messages r set worker_id = a.holder
    from answer a
    where a.holder <> p_worker and r.job_id = a.job_id and r.address = a.address
      and r.position = a.position),
  dropped as (
    delete from ratchet_internal.messages r using answer a
    where a.holder is not distinct from p_worker and r.job_id = a.job_id
      and r.address = a.address and r.position = a.position
      or a.holder is null and r.job_id = a.job_id and r.address = a.address
      and r.position = a.position),
  claimed as (
    update ratchet_internal.messages held set attempt = 1
    from (select distinct job_id, address from answer where is_new) a
    where held.job_id = a.job_id and held.address = a.address and held.position = 0
    returning held.job_id, held.address)
  select case when a.position > 0 then 'result' else 'cancel' end, a.job_id, a.address,
    a.position, null::int, null, null, null, null, null, null::json, null::json, t.is_failed,
    false, t.value
  from answer a
  left join ratchet.jobs_attributes t
    on t.job_id = a.job_id and t.address = a.address and t.position = a.position
  where a.holder = p_worker and not a.is_new
  union all
  select 'turn', c.job_id, c.address, 0, j.attempt, j.namespace, j.key, j.workflow, j.queue,
    j.entity, j.input, j.options, false, j.cancel_requested_at is not null, j.origin_id::text
  from claimed c join ratchet.jobs j on j.id = c.job_id;
end $$;
comment on function ratchet_internal.take_results(bigint, timestamptz) is
  'Hands over the answers addressed to a worker, claiming threads that nobody holds.';
