-- Starts what is due of one schedule, and moves it on. While the last run goes on, and that
-- matters, the schedule is looked at again a second later; what was missed by then does not wait.
-- Locks: new jobs; the caller has locked the schedule. Writes: schedules, jobs, messages.
-- Wakes: idle workers of the queue. Idempotent: an occurrence that is a job already starts nothing.

create function ratchet_internal.fire_schedule(
  p_schedule ratchet.schedules, p_now timestamptz
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := p_schedule;
  v_is_alone boolean := v_new.overlap <> 'allow';
  v_last record;
  v_after_end timestamptz;
  v_due timestamptz[] := '{}';
begin
  v_new.problem := null; -- if it was put off for one, it is tried again now
  select j.status > 0 as is_open, j.finished_at,
    j.error is not null and j.key is distinct from v_new.forgotten_key as is_failed into v_last
  from ratchet.jobs j where j.key = v_new.last_key and j.namespace = v_new.namespace;
  v_after_end := ratchet_internal.next_from_end(v_new, v_last.finished_at);
  if v_new.stops_on_failure and not v_last.is_open and v_last.is_failed then
    v_new.next_at := 'infinity';
    v_new.problem := 'run ' || v_new.last_key || ' failed';
  elsif v_is_alone and v_last.is_open and v_new.overlap <> 'skip' then
    if v_new.look_at = v_new.next_at then -- it does not wait yet
      v_new.next_at := coalesce((ratchet_internal.due_occurrences(v_new, p_now, 1))[1],
        ratchet_internal.next_occurrence(v_new, p_now));
    end if;
    v_new.look_at := greatest(v_new.next_at, p_now + interval '1 second');
  elsif v_is_alone and v_last.is_open then
    v_new.next_at := ratchet_internal.next_occurrence(v_new, p_now);
  elsif v_new.is_from_end and v_after_end > p_now then
    v_new.next_at := v_after_end;
  else
    v_due := ratchet_internal.due_occurrences(v_new, p_now, least(
      case when v_is_alone then 1 else 100 end, v_new.max_runs - v_new.run_count));
    v_new := ratchet_internal.move_on(v_new, v_due, p_now);
  end if;
  if v_new.look_at <= p_now then
    v_new.look_at := v_new.next_at;
  end if;
  update ratchet.schedules set next_at = v_new.next_at, look_at = v_new.look_at,
    last_at = v_new.last_at, last_key = v_new.last_key, run_count = v_new.run_count,
    problem = v_new.problem, updated_at = p_now
  where id = v_new.id;
  if v_due = '{}' then return 0; end if;
  return ratchet_internal.create_jobs(v_new.namespace, v_new.workflow, v_new.queue, (
      select array_agg(ratchet_internal.occurrence_key(v_new.key, at)) from unnest(v_due) at),
    array_fill(v_new.input, array[cardinality(v_due)]), v_new.options, null);
end $$;
comment on function ratchet_internal.fire_schedule(ratchet.schedules, timestamptz) is
  'Starts what is due of one schedule and moves it on; returns how many jobs it started.';
