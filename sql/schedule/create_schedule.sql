-- Creates a schedule, by a cron expression or by an interval, and returns its next occurrence.
-- The first occurrence of an interval is p_starts_at, or p_delay (default: one interval) after now.
-- A schedule that looks at how its runs end waits for each.
-- Locks: the new row. Writes: schedules. Wakes: an idle worker, to look when it is due.
-- Raises: WF101, WF102, WF104, WF105, WF108, WF306 when the id has another schedule, WF501.
-- Idempotent: the same schedule again changes nothing.

create function ratchet.create_schedule(
  p_id text, p_workflow text, p_cron text default null, p_every interval default null,
  p_args json default '[]', p_queue text default null, p_timezone text default 'UTC',
  p_starts_at timestamptz default null, p_ends_at timestamptz default 'infinity',
  p_catch_up text default 'one', p_catch_up_window interval default '1 day',
  p_overlap text default 'allow', p_from_end boolean default false,
  p_stop_on_failure boolean default false, p_max_runs bigint default null,
  p_paused boolean default false, p_options json default null,
  p_namespace text default 'durable', p_delay interval default null
) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules;
begin
  v_new.key := p_id;
  v_new.namespace := p_namespace;
  v_new.cron := p_cron;
  v_new.every_ms := coalesce(ratchet_internal.interval_ms(p_every), case when p_every is not null
    then 0 end);
  v_new.timezone := p_timezone;
  v_new.created_at := ratchet_internal.now();
  v_new.updated_at := v_new.created_at;
  v_new.starts_at := coalesce(p_starts_at, ratchet_internal.after(v_new.created_at,
    coalesce(ratchet_internal.interval_ms(p_delay), v_new.every_ms)), v_new.created_at);
  v_new.ends_at := coalesce(p_ends_at, 'infinity');
  v_new.is_paused := coalesce(p_paused, false);
  v_new.catch_up := p_catch_up;
  v_new.catch_up_ms := ratchet_internal.interval_ms(p_catch_up_window);
  v_new.overlap := case when p_overlap = 'allow' and (p_from_end or p_stop_on_failure)
    then 'wait' else p_overlap end;
  v_new.is_from_end := coalesce(p_from_end, false);
  v_new.stops_on_failure := coalesce(p_stop_on_failure, false);
  v_new.max_runs := p_max_runs;
  v_new.workflow := p_workflow;
  v_new.queue := coalesce(p_queue, p_workflow);
  v_new.input := p_args;
  v_new.options := p_options;
  v_new.run_count := 0;
  perform ratchet_internal.check_schedule(v_new);
  return ratchet_internal.put_schedule(v_new, p_starts_at is null);
end $$;
comment on function ratchet.create_schedule(text, text, text, interval, json, text, text,
  timestamptz, timestamptz, text, interval, text, boolean, boolean, bigint, boolean, json, text,
  interval) is
  'Creates a schedule that starts a workflow by a cron expression in a time zone, or every '
  'interval (1 second or more, no months); returns its next occurrence. catch_up is skip, one or '
  'all, overlap is allow, skip or wait. The same again changes nothing; raises WF306 when the id '
  'has other terms, WF104 and WF108 for what is wrong.';
