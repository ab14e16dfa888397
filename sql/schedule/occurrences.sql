-- The next times of a cron expression in a time zone, whether or not a schedule has it.
-- Raises: WF104, WF108.

create function ratchet.occurrences(
  p_cron text, p_timezone text default 'UTC', p_count int default 5,
  p_after timestamptz default null
) returns setof timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rule ratchet_internal.cron_rule := ratchet_internal.check_cron(p_cron);
  v_at timestamptz := coalesce(p_after, ratchet_internal.now());
begin
  perform ratchet_internal.check_timezone(p_timezone);
  if p_count is null or p_count not between 0 and 10000 or not isfinite(v_at) then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'count', 'value', p_count),
      'Give a count from 0 to 10000, and a time that is not infinite.');
  end if;
  for at in 1 .. p_count loop
    v_at := ratchet_internal.cron_next(v_rule, p_timezone, v_at);
    exit when v_at is null;
    return next v_at;
  end loop;
end $$;
comment on function ratchet.occurrences(text, text, int, timestamptz) is
  'The next times of a cron expression in a time zone, after now or p_after.';
