-- The first occurrence of a schedule after a time; infinity when there is none.
-- Raises: WF108 when its cron expression cannot be read; 22023 when its time zone is unknown.

create function ratchet_internal.next_occurrence(
  p_schedule ratchet.schedules, p_after timestamptz
) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from timestamptz := p_schedule.starts_at;
  v_every interval := make_interval(secs => p_schedule.every_ms / 1000.0);
  v_at timestamptz;
begin
  if p_schedule.cron is not null then
    v_at := ratchet_internal.cron_next(ratchet_internal.check_cron(p_schedule.cron),
      p_schedule.timezone, greatest(p_after, v_from - interval '1 microsecond'));
  elsif p_after < v_from then
    v_at := v_from;
  else
    v_at := v_from + v_every * (1 + floor(extract(epoch from p_after - v_from) * 1000
      / p_schedule.every_ms)::float8);
  end if;
  return case when v_at <= p_schedule.ends_at then v_at else 'infinity' end;
end $$;
comment on function ratchet_internal.next_occurrence(ratchet.schedules, timestamptz) is
  'The first occurrence of a schedule after a time; infinity when there is none.';
