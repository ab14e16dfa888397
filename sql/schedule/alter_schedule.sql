-- Changes a schedule; what is null stays as it is. A cron expression takes the place of an interval
-- and the other way round. What is next is found anew from now on; what was due is left out.
-- One that a failed run has ended goes on.
-- Locks: the schedule. Writes: schedules. Wakes: an idle worker. Raises: as create_schedule; WF203.
-- Returns the next occurrence. Idempotent.

create function ratchet.alter_schedule(
  p_id text, p_workflow text default null, p_cron text default null,
  p_every interval default null, p_args json default null, p_queue text default null,
  p_timezone text default null, p_starts_at timestamptz default null,
  p_ends_at timestamptz default null, p_catch_up text default null,
  p_catch_up_window interval default null, p_overlap text default null,
  p_from_end boolean default null, p_stop_on_failure boolean default null,
  p_max_runs bigint default null, p_options json default null, p_namespace text default 'durable'
) returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
begin
  if p_cron is not null or p_every is not null then
    v_new.cron := p_cron;
    v_new.every_ms := coalesce(ratchet_internal.interval_ms(p_every), case when p_every is not null
      then 0 end);
  end if;
  v_new.timezone := coalesce(p_timezone, v_new.timezone);
  v_new.starts_at := coalesce(p_starts_at, v_new.starts_at);
  v_new.ends_at := coalesce(p_ends_at, v_new.ends_at);
  v_new.catch_up := coalesce(p_catch_up, v_new.catch_up);
  v_new.catch_up_ms := coalesce(ratchet_internal.interval_ms(p_catch_up_window), case
    when p_catch_up_window is null then v_new.catch_up_ms end);
  v_new.overlap := coalesce(p_overlap, v_new.overlap);
  v_new.is_from_end := coalesce(p_from_end, v_new.is_from_end);
  v_new.stops_on_failure := coalesce(p_stop_on_failure, v_new.stops_on_failure);
  v_new.max_runs := coalesce(p_max_runs, v_new.max_runs);
  v_new.workflow := coalesce(p_workflow, v_new.workflow);
  v_new.queue := coalesce(p_queue, v_new.queue);
  v_new.input := coalesce(p_args, v_new.input);
  v_new.options := coalesce(p_options, v_new.options);
  perform ratchet_internal.check_schedule(v_new);
  v_new := ratchet_internal.from_now(v_new);
  update ratchet.schedules set cron = v_new.cron, every_ms = v_new.every_ms,
    timezone = v_new.timezone, starts_at = v_new.starts_at, ends_at = v_new.ends_at,
    catch_up = v_new.catch_up, catch_up_ms = v_new.catch_up_ms, overlap = v_new.overlap,
    is_from_end = v_new.is_from_end, stops_on_failure = v_new.stops_on_failure,
    max_runs = v_new.max_runs, workflow = v_new.workflow, queue = v_new.queue,
    input = v_new.input, options = v_new.options, next_at = v_new.next_at,
    look_at = v_new.look_at, forgotten_key = v_new.forgotten_key, problem = null,
    updated_at = v_new.updated_at
  where id = v_new.id;
  perform ratchet_internal.wake_idle();
  return v_new.next_at;
end $$;
comment on function ratchet.alter_schedule(text, text, text, interval, json, text, text,
  timestamptz, timestamptz, text, interval, text, boolean, boolean, bigint, json, text) is
  'Changes a schedule from now on, null leaving things as they are; returns its next occurrence.';
