-- Frees the work of lost workers one by one. Where a job that has been lost too often cannot be
-- failed, the worker's work is freed all the same, and that job is run once more.
-- Locks: workers, skipping what others hold; as release_worker. Writes: as release_worker. Returns
-- the problems.

create function ratchet_internal.workers_apart(p_worker bigint, p_now timestamptz)
returns table (job_id bigint, problem text, is_ended boolean)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dead bigint;
  v_problem jsonb;
begin
  for v_dead in
    select id from ratchet_internal.workers where expires_at < p_now and id <> p_worker
    order by id for update skip locked
  loop
    v_problem := ratchet_internal.try_apart(p_now, 'release', null, p_worker => v_dead);
    continue when v_problem is null;
    perform ratchet_internal.release_worker(v_dead, p_now, true, false);
    return query select null::bigint,
      'what a lost worker held is run once more: ' || (v_problem ->> 'message'), false;
  end loop;
end $$;
comment on function ratchet_internal.workers_apart(bigint, timestamptz) is
  'Frees the work of lost workers one by one; returns what could not be failed.';
