-- Sorts out answers that are with nobody (those given, where still so), or came to this worker
-- since then (null: none), but belong elsewhere:
-- - the thread is held by a worker: the answer goes to that one (or stays, if it is being taken
-- over);
-- - the thread waits to be claimed: the answer is dropped, since its claim will read the history;
-- word of a cancellation only if nobody is claiming it just now, for a claim reads that first;
-- - nobody has the thread: it becomes a turn to be claimed, and the answer is dropped.
-- A new turn needs the job locked, so that it cannot be made for a job that is stopped meanwhile,
-- or for a hook whose job ends.
-- Locks: messages, workers (key share) and jobs, all skipping what others hold. Writes: messages.
-- Wakes: idle workers.

create function ratchet_internal.route_results(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_since timestamptz
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_moved boolean;
begin
  with stray as materialized (
    select r.*, r.holder is null as is_free, case when r.holder = 0 then r.position > 0
      or ratchet_internal.hasten_turn(r.job_id, r.address, p_now) else false end as is_known
    from (
      select * from unnest(p_jobs, p_addresses, p_positions) as given (job_id, address, position)
      union
      select job_id + 0, address, position from ratchet_internal.messages m
      where worker_id = p_worker and kind = 'result' and due_at >= p_since and (
        -- Most came right, and need no second look.
        select turn.worker_id from ratchet_internal.messages turn where turn.job_id = m.job_id
          and turn.address = m.address and turn.position = 0) is distinct from p_worker
      order by job_id, address, position) given
    -- By key, one by one: no other index may look fit for this.
    cross join lateral (
      select r.job_id, r.address, r.position, r.namespace, r.queue, r.workflow, turn.holder
      from ratchet_internal.messages r
      cross join lateral (select (
        select coalesce(held.worker_id, 0) from ratchet_internal.messages held
        where held.job_id = r.job_id and held.address = r.address and held.position = 0) as holder
      offset 0) turn -- fenced: each use would be a look-up of its own
      where r.job_id = given.job_id and r.address = given.address
        and r.position = given.position and r.kind = 'result'
        and coalesce(r.worker_id, p_worker) is not distinct from p_worker
        and (r.worker_id is null or turn.holder is distinct from p_worker)
      limit 1 for update of r skip locked) r),
  alive as materialized (
    select id from ratchet_internal.workers where id in (select holder from stray)
    for key share skip locked),
  running as materialized (
    select id from ratchet.jobs
    where id = any (array(select job_id from stray where is_free)) and status > 0
    order by id for no key update skip locked),
  forwarded as (
    update ratchet_internal.messages r set worker_id = alive.id, due_at = p_now
    from stray s left join alive on alive.id = s.holder
    where not s.is_free and not s.is_known and r.job_id = any (array[s.job_id])
      and r.address = s.address and r.position = s.position
    returning r.worker_id),
  resumed as (
    insert into ratchet_internal.messages
      (job_id, address, kind, namespace, queue, workflow, due_at, attempt)
    select distinct s.job_id, s.address, 'turn', s.namespace, s.queue, s.workflow, p_now, 1
    from stray s
    where case when s.is_free then s.job_id in (select id from running) end
    order by 1, 2 on conflict do nothing),
  dropped as (
    delete from ratchet_internal.messages r using stray s
    where (s.is_known or s.is_free and s.job_id in (select id from running))
      and r.job_id = any (array[s.job_id]) and r.address = s.address and r.position = s.position)
  select exists (select from stray where is_free or is_known and position < 0)
    or exists (select from forwarded where worker_id <> p_worker) into v_is_moved;
  perform pg_notify('ratchet', '') where v_is_moved
    and exists (select from ratchet_internal.workers where is_idle and id <> p_worker);
end $$;
comment on function ratchet_internal.route_results(
  bigint, timestamptz, bigint[], text[], int[], timestamptz) is
  'Sends answers that are with nobody, or with the wrong worker, where they belong.';
