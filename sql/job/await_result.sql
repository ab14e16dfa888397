-- Waits for the end of a job by looking again and again, for scripts and psql; programs use
-- watch_jobs and notifications. Holds no lock; its snapshot holds back vacuum, so keep the timeout
-- short.
-- Raises: as result; WF504 when the timeout passes first, WF605 not READ COMMITTED.

create function ratchet.await_result(
  p_id text, p_timeout interval default '30 seconds', p_namespace text default 'durable'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until timestamptz := ratchet_internal.now() + least(p_timeout, interval '1 day');
  v_job ratchet.jobs;
  v_pause float8 := 0.005;
begin
  perform ratchet_internal.check_isolation();
  loop
    v_job := ratchet_internal.find_job(p_id, p_namespace);
    exit when v_job.finished_at is not null or v_job.returned_at is not null;
    if ratchet_internal.now() >= v_until then
      perform ratchet_internal.raise_error('WF504', 'result wait timed out',
        jsonb_build_object('workflow_id', p_id, 'timeout', p_timeout),
        'The job goes on; wait longer or look at it later.');
    end if;
    perform pg_sleep(least(v_pause, extract(epoch from v_until - ratchet_internal.now())));
    v_pause := least(v_pause * 1.5, 0.25);
  end loop;
  return ratchet.result(p_id, p_namespace);
end $$;
comment on function ratchet.await_result(text, interval, text) is
  'Waits for a job to finish and returns its result; raises WF504 after the timeout (default 30 '
  'seconds, at most a day), WF304 with its error when it failed. Commit the start before: workers '
  'see it then.';
