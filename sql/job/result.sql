-- What a finished job returned; null where nobody is to get the error with which it was stopped.
-- Raises: WF201, WF303 while it runs, WF304 with the error when it failed.

create function ratchet.result(p_id text, p_namespace text default 'durable') returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := ratchet_internal.find_job(p_id, p_namespace);
begin
  if v_job.finished_at is null and v_job.returned_at is null then
    perform ratchet_internal.raise_error('WF303', 'job is not finished',
      jsonb_build_object('workflow_id', p_id), 'Wait for it: ratchet.await_result.');
  elsif v_job.error is not null and not v_job.is_silent then
    raise exception using errcode = 'WF304', message = 'job failed',
      detail = v_job.error::text, hint = 'The detail is the error the job ended with.';
  end if;
  return v_job.result;
end $$;
comment on function ratchet.result(text, text) is
  'What a finished job returned; raises WF304 with its error when it failed, WF303 while it runs.';
