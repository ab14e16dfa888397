-- The last occurrence of a schedule that is not after p_until, given one that is not: by halving
-- the time between, so that a year of missed seconds is as cheap as an hour of them.

create function ratchet_internal.last_occurrence(
  p_schedule ratchet.schedules, p_known timestamptz, p_until timestamptz
) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_found timestamptz := p_known;
  v_none_after timestamptz := p_until;
  v_middle timestamptz;
  v_next timestamptz;
begin
  while v_none_after - v_found > interval '1 second' loop
    v_middle := v_found + (v_none_after - v_found) / 2;
    v_next := ratchet_internal.next_occurrence(p_schedule, v_middle);
    if v_next <= p_until then v_found := v_next; else v_none_after := v_middle; end if;
  end loop;
  v_next := ratchet_internal.next_occurrence(p_schedule, v_found);
  return case when v_next <= p_until then v_next else v_found end;
end $$;
comment on function ratchet_internal.last_occurrence(
  ratchet.schedules, timestamptz, timestamptz) is
  'The last occurrence of a schedule that is not after a time.';
