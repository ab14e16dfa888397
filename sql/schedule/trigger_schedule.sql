-- Starts a run of a schedule now, beside its occurrences and whatever its policies say. Returns the
-- id of the job, which is p_job or made of the schedule's id and the time. While its last run goes
-- on, that stays the one that counts where runs may not overlap: occurrences wait for it, or are
-- left out, and its failure may end the schedule.
-- Locks: the schedule, the new job. Writes: schedules, jobs, messages. Wakes: an idle worker.
-- Raises: WF101, WF203, WF605. Idempotent with p_job.

create function ratchet.trigger_schedule(
  p_id text, p_namespace text default 'durable', p_job text default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new ratchet.schedules := ratchet_internal.lock_schedule(p_id, p_namespace);
  v_now timestamptz := ratchet_internal.now();
  v_job text := coalesce(p_job, v_new.key || '@' || to_char(v_now at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
  v_is_last constant boolean := v_new.overlap = 'allow' or not exists (select from ratchet.jobs
    where key = v_new.last_key and namespace = v_new.namespace and status > 0);
begin
  perform ratchet_internal.check_name(v_job, 'workflow id');
  if ratchet_internal.create_jobs(v_new.namespace, v_new.workflow, v_new.queue, array[v_job],
    array[v_new.input], v_new.options, null) = 1
  then
    if v_is_last then
      v_new.last_key := v_job;
      v_new.forgotten_key := null;
    end if;
    update ratchet.schedules set last_key = v_new.last_key, forgotten_key = v_new.forgotten_key,
      run_count = run_count + 1, updated_at = v_now
    where id = v_new.id;
  end if;
  return v_job;
end $$;
comment on function ratchet.trigger_schedule(text, text, text) is
  'Starts a run of a schedule now; returns the id of its job.';
