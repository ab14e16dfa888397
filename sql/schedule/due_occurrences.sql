-- Which occurrences of a schedule that is due are to be started, in order: those noticed within a
-- minute, and of those missed what catch_up says; at most p_most, the rest with the next call. One
-- that was held back, for the last run or because it was refused, is not missed, however late: only
-- with catch_up one a later one takes its place. None is later than the schedule's end.

create function ratchet_internal.due_occurrences(
  p_schedule ratchet.schedules, p_now timestamptz, p_most bigint
) returns timestamptz[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_minute constant interval := '1 minute';
  v_at timestamptz := p_schedule.next_at;
  v_oldest timestamptz := p_now - case p_schedule.catch_up when 'all'
    then greatest(make_interval(secs => p_schedule.catch_up_ms / 1000.0), v_minute)
    else v_minute end;
  v_due timestamptz[] := '{}';
begin
  if p_most < 1 or v_at > p_schedule.ends_at then
    return v_due;
  elsif v_at < v_oldest and p_schedule.catch_up = 'one' then
    return array[ratchet_internal.last_occurrence(p_schedule, v_at, p_now)];
  elsif v_at < v_oldest then
    if p_schedule.look_at > v_at then
      v_due := array[v_at];
    end if;
    v_at := ratchet_internal.next_occurrence(p_schedule, v_oldest - interval '1 microsecond');
  end if;
  while v_at <= p_now and cardinality(v_due) < p_most loop
    v_due := v_due || v_at;
    v_at := ratchet_internal.next_occurrence(p_schedule, v_at);
  end loop;
  return v_due;
end $$;
comment on function ratchet_internal.due_occurrences(ratchet.schedules, timestamptz, bigint) is
  'Which occurrences of a schedule that is due are to be started.';
