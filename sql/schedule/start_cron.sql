-- Starts a repeating call of Virtual: a schedule whose runs do not overlap and that ends with a
-- failed one. p_rule is a cron expression, with all its fields; where it is none, the interval
-- counts, from the end of each run. One of the same id that is over is replaced. Where it, or one
-- that was stopped, has had a run in this second, the first run of an interval comes in the next.
-- Locks: the id, the schedule. Writes: schedules. Wakes: an idle worker.
-- Raises: as create_schedule; WF108 when there is neither. Returns false while the id runs.

create function ratchet.start_cron(
  p_id text, p_queue text, p_args json, p_rule text, p_every interval, p_delay interval,
  p_max_runs bigint, p_namespace text, p_options json
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kept ratchet.schedules;
  v_is_cron boolean := p_rule ~ E'^\\s*(@|\\S+(\\s+\\S+){4,5}\\s*$)'
    and (ratchet_internal.read_cron(p_rule)).months is not null;
  v_delay interval := coalesce(p_delay, '0');
begin
  perform ratchet_internal.check_isolation();
  perform pg_advisory_xact_lock(hashtextextended(p_namespace || chr(10) || p_id, 2027));
  select * into v_kept from ratchet.schedules
  where key = p_id and namespace = p_namespace for update;
  if v_kept.id is not null and not ratchet_internal.is_schedule_over(v_kept) then
    return false;
  end if;
  delete from ratchet.schedules where id = v_kept.id;
  if not v_is_cron and p_every is null then
    perform ratchet_internal.raise_error('WF108', 'invalid cron expression',
      jsonb_build_object('cron', left(p_rule, 200)),
      'Give a cron expression of five or six fields, or a duration such as 5 minutes.');
  end if;
  while not v_is_cron and exists (
    select from ratchet.jobs where namespace = p_namespace
      and key = ratchet_internal.occurrence_key(p_id, ratchet_internal.after(
        ratchet_internal.now(), ratchet_internal.interval_ms(v_delay))))
  loop
    v_delay := v_delay + interval '1 second';
  end loop;
  perform ratchet.create_schedule(p_id, 'call', p_args => p_args, p_queue => p_queue,
    p_cron => case when v_is_cron then p_rule end,
    p_every => case when not v_is_cron then greatest(p_every, '1 second') end,
    p_delay => case when not v_is_cron then v_delay end,
    p_catch_up => case when v_is_cron then 'skip' else 'one' end,
    p_overlap => case when v_is_cron then 'skip' else 'wait' end, p_from_end => not v_is_cron,
    p_stop_on_failure => true, p_max_runs => p_max_runs, p_options => p_options,
    p_namespace => p_namespace);
  return true;
end $$;
comment on function ratchet.start_cron(
  text, text, json, text, interval, interval, bigint, text, json) is
  'Starts a repeating call of Virtual; false while one of the same id runs.';
