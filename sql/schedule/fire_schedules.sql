-- Fires the schedules that are due, at most 100. Whoever exchanges calls it: there is no leader. A
-- schedule that cannot be read any more, because the server has lost its time zone or somebody
-- edited the row, ends with its problem and holds up nobody. One whose run is refused, by a user's
-- trigger for example, tells the problem and is tried again a minute later; what is caught is as in
-- try_graphs.
-- Locks: schedules, skipping those that somebody else is firing; new jobs. Writes: schedules, jobs,
-- messages. Returns how many jobs it started.

create function ratchet_internal.fire_schedules(p_now timestamptz) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_schedule ratchet.schedules;
  v_count bigint := 0;
begin
  if not exists (select from ratchet.schedules where look_at <= p_now) then return 0; end if;
  -- One after the other: each occurrence follows from the one before.
  for v_schedule in
    select * from ratchet.schedules where look_at <= p_now
    order by look_at limit 100 for update skip locked
  loop
    begin
      v_count := v_count + ratchet_internal.fire_schedule(v_schedule, p_now);
    exception when invalid_parameter_value or sqlstate 'WF108' then
      update ratchet.schedules set look_at = 'infinity', next_at = 'infinity', problem = sqlerrm,
        updated_at = p_now
      where id = v_schedule.id;
    when sqlstate '09000' or sqlstate '0A000' or sqlstate '20000' or sqlstate '21000'
      or sqlstate '22000' or sqlstate '23000' or sqlstate '24000' or sqlstate '27000'
      or sqlstate '2F000' or sqlstate '34000' or sqlstate '38000' or sqlstate '39000'
      or sqlstate '3B000' or sqlstate '3D000' or sqlstate '3F000' or sqlstate '40000'
      or sqlstate '42000' or sqlstate '44000' or sqlstate '45000' or sqlstate '53200'
      or sqlstate '54000' or sqlstate '55000' or sqlstate 'HV000' or sqlstate 'P0000'
      or sqlstate 'WF000' or sqlstate 'XX000'
    then
      if sqlstate in ('XX001', 'XX002') then raise; end if;
      update ratchet.schedules set look_at = p_now + interval '1 minute', problem = sqlerrm,
        updated_at = p_now
      where id = v_schedule.id;
    end;
  end loop;
  return v_count;
end $$;
comment on function ratchet_internal.fire_schedules(timestamptz) is
  'Fires the schedules that are due; returns how many jobs it started.';
