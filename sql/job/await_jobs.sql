-- Ties steps scheduled in this transaction to the end of a job that already exists: one that runs
-- is marked as awaited and ends in a commit that answers; one that has ended answers at once.
-- The caller has locked the targets that ran when it began (lock_jobs); one that was started since
-- is locked here, after them in id order, too, and one started later still is not found. One that
-- has ended does not change; to lock it, out of order, could deadlock with whoever waited for it
-- while it ran.
-- Locks: jobs started meanwhile. Writes: jobs, messages, attributes.

create function ratchet_internal.await_jobs(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_running constant bigint[] := array(
    select id from ratchet.jobs where status > 0 and id = any (array(
      select target.id
      from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
        array['await']) m
      cross join lateral (select id from ratchet.jobs where namespace = m.namespace
        and key = m.options ->> 'id' limit 1) target))
    order by id for no key update);
  v_done record;
begin
  with wanted as materialized (
    select m.job_id, m.address, m.position,
      m.options ->> 'id' as id, target.id as target,
      target.status > 0 and target.returned_at is null as is_running, target.result,
      case when not target.is_silent then target.error end as error
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['await']) m
    left join lateral (
      select id, status, returned_at, result, error, is_silent from ratchet.jobs
      where namespace = m.namespace and key = m.options ->> 'id'
        and status <> -1 and (status <= 0 or id in (select unnest(v_running)))
        and (ratchet_internal.limited_role() is null or parent_id = m.job_id)
      limit 1) target on true),
  marked as (
    update ratchet.jobs j set is_awaited = true
    from (select distinct target from wanted where is_running) w
    where j.id = any (array[w.target]) and not j.is_awaited),
  kept as (
    update ratchet_internal.messages m set key = w.target::text, options = null
    from wanted w
    where m.job_id = any (array[w.job_id]) and m.address = w.address and m.position = w.position
      and w.is_running)
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions, array_agg(1) as attempts,
    array_agg(target is null or error is not null) as failed,
    array_agg(case when target is null then json_build_object('code', 404, 'message',
      'Job ' || id || ' not found')::text else coalesce(error, result)::text end) as answers
  into v_done
  from wanted where target is null or not is_running;
  if v_done.jobs is not null then
    perform ratchet_internal.settle(p_now, v_done.jobs, v_done.addresses, v_done.positions,
      v_done.attempts, v_done.failed, v_done.answers, true);
  end if;
end $$;
comment on function ratchet_internal.await_jobs(
  timestamptz, bigint[], text[], int[], text[]) is
  'Ties steps scheduled in this transaction to the end of a job that already exists.';
