-- A schedule after some of its occurrences were started: what it started last, and what is next.

create function ratchet_internal.move_on(
  p_schedule ratchet.schedules, p_started timestamptz[], p_now timestamptz
) returns ratchet.schedules
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := p_schedule;
  v_last timestamptz := p_started[cardinality(p_started)];
begin
  if v_last is not null then
    v_new.last_at := v_last;
    v_new.last_key := ratchet_internal.occurrence_key(v_new.key, v_last);
    v_new.run_count := v_new.run_count + cardinality(p_started);
  end if;
  -- Where runs may not overlap, what is due with the one that was started is left out, or waits.
  v_new.next_at := case when v_new.run_count >= v_new.max_runs then 'infinity'
    when v_new.is_from_end then ratchet_internal.next_from_end(v_new, p_now)
    else ratchet_internal.next_occurrence(v_new,
      case when v_last is null or v_new.overlap = 'skip' then p_now else v_last end) end;
  return v_new;
end $$;
comment on function ratchet_internal.move_on(
  ratchet.schedules, timestamptz[], timestamptz) is
  'A schedule after some of its occurrences were started.';
