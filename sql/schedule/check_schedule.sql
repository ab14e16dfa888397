-- Checks a schedule that is to be created or altered.
-- Raises: WF101, WF102, WF104, WF105, WF108, WF501.

create function ratchet_internal.check_schedule(p_new ratchet.schedules) returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_option text;
begin
  perform ratchet_internal.check_start(p_new.namespace, p_new.workflow, p_new.queue,
    p_new.options);
  perform ratchet_internal.check_name(p_new.key, 'schedule id');
  -- The ids of its jobs are longer, most of all with a UUID, as the driver's trigger makes them.
  perform ratchet_internal.check_name(p_new.key || '@' || repeat('-', 36),
    'schedule id with the 37 characters that the ids of its jobs may have besides');
  perform ratchet_internal.check_size(p_new.input, 'arguments');
  if not ratchet_internal.is_arguments(p_new.input) then
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('schedule', p_new.key),
      'Give the arguments as a JSON array: ''["a", 1]''.');
  end if;
  v_option := case
    when (p_new.cron is null) = (p_new.every_ms is null) then 'cron, every (one of the two)'
    when p_new.every_ms not between 1000 and 1e13 then 'every (1 second to 300 years, no months)'
    when coalesce(p_new.catch_up not in ('skip', 'one', 'all'), true)
      then 'catch_up (skip, one or all)'
    when coalesce(p_new.catch_up_ms not between 0 and 1e13, true) then 'catch_up_window'
    when coalesce(p_new.overlap not in ('allow', 'skip', 'wait'), true)
      then 'overlap (allow, skip or wait)'
    when p_new.is_from_end and (p_new.every_ms is null or p_new.overlap <> 'wait')
      then 'from_end (needs every, and overlap wait)'
    when p_new.stops_on_failure and p_new.overlap = 'allow'
      then 'stop_on_failure (needs overlap skip or wait)'
    when p_new.max_runs < 1 then 'max_runs (1 or more)'
    when not isfinite(p_new.starts_at) then 'starts_at'
    when coalesce(p_new.options::jsonb ? 'delay', false) then 'options.delay'
    when coalesce(p_new.options::jsonb ? 'pending', false)
      then 'options.pending (leave it out: a run begins when it is due)' end;
  if v_option is not null then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', v_option, 'schedule', p_new.key),
      'Correct the option of the schedule that the detail names.');
  end if;
  perform ratchet_internal.check_timezone(p_new.timezone);
  if p_new.cron is not null then
    perform ratchet_internal.check_cron(p_new.cron);
    if p_new.cron !~ E'^\\s*(@|\\S+(\\s+\\S+){4,5}\\s*$)' then
      perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
        jsonb_build_object('cron', p_new.cron),
        'Give all five fields: minute hour day month weekday.');
    end if;
  end if;
end $$;
comment on function ratchet_internal.check_schedule(ratchet.schedules) is
  'Raises WF101, WF102, WF104, WF108 or WF501 unless a schedule is valid.';
