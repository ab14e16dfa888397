-- Writes steps that were run in the worker's own process: one insert each, result included.
-- Steps of threads the worker no longer holds are left out; repeated ones change nothing. Repeated
-- calls are rare: they are found by their collision, once a call, since `on conflict` would make
-- each row cost half as much again. What a cancellation has rejected is disarmed.
-- Locks, Writes: attributes; with a cancellation as cancel_steps. Returns how many were written.

create function ratchet_internal.record_steps(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_kinds text[], p_names text[], p_deliveries int[], p_failed boolean[], p_inputs json[],
  p_values json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_holds_all constant boolean := ratchet_internal.holds_all(p_worker, p_jobs, p_addresses);
  v_is_repeated boolean := false;
  v_count bigint;
begin
  loop
    begin
      insert into ratchet.jobs_attributes (job_id, address, position, kind, field, ledger,
        delivery, is_failed, input, value, created_at)
      select s.job_id, s.address, s.at, coalesce(s.kind, 'activity'),
        ratchet_internal.step_field(s.address, s.at, s.name),
        ratchet_internal.leg2_done(ratchet_internal.leg1_done(1), 1),
        s.delivery, coalesce(s.is_failed, false), s.input, s.value, p_now
      from (
        select *, coalesce(given_address, '') as address
        from unnest(p_jobs, p_addresses, p_positions, p_kinds, p_names, p_deliveries, p_failed,
          p_inputs, p_values)
          as given (job_id, given_address, at, kind, name, delivery, is_failed, input, value)) s
      where (v_holds_all or (
        select held.worker_id from ratchet_internal.messages held where held.job_id = s.job_id
          and held.address = ratchet_internal.thread_of(s.address) and held.position = 0)
          = p_worker)
        and case when v_is_repeated then (
          select true from ratchet.jobs_attributes a where a.job_id = s.job_id
            and a.address = s.address and a.position = s.at) is null else true end;
      get diagnostics v_count = row_count;
      exit;
    exception when unique_violation then
      if v_is_repeated then raise; end if; -- not of ours: a trigger's
      v_is_repeated := true;
    end;
  end loop;
  if 'cancel' = any (p_kinds) then
    perform ratchet_internal.cancel_steps(p_worker, p_now, p_jobs, p_addresses, p_kinds, p_inputs);
  end if;
  return v_count;
end $$;
comment on function ratchet_internal.record_steps(bigint, timestamptz, bigint[], text[], int[],
  text[], text[], int[], boolean[], json[], json[]) is
  'Writes steps run in the worker''s own process, with their results; returns how many were new.';
