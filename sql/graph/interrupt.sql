-- Stops a job of a graph at once, in the caller's transaction. Options: throw (false: no error, who
-- waits gets the data so far), reason, code, stack, expire (seconds the job is kept), suppress (no
-- error when it is unknown or has ended).
-- Locks: the job, then messages. Writes: jobs, messages, attributes of a waiting parent.
-- Raises: WF101, WF104, WF105, WF201, WF302, WF605. Returns the job's number, null if suppressed.

create function ratchet.interrupt(
  p_job text, p_app text, p_options json default null, p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_space text := ratchet_internal.app_space(p_app, p_namespace);
  v_options json := coalesce(p_options, '{}');
  v_is_suppressed boolean;
  v_job ratchet.jobs;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_interrupt(v_options);
  v_is_suppressed := coalesce((v_options ->> 'suppress')::boolean, false);
  select * into v_job from ratchet.jobs
  where key = p_job and namespace = v_space for update;
  if v_job.id is null and not v_is_suppressed then
    v_job := ratchet_internal.find_job(p_job, v_space);
  end if;
  if v_job.id is null then return null; end if;
  if ratchet_internal.stop_graph(ratchet_internal.write_time(), v_job, jsonb_build_object(
    'is_thrown', coalesce((v_options ->> 'throw')::boolean, true),
    'expire', coalesce(v_options -> 'expire', '1'), 'error', ratchet_internal.interrupt_error(p_job,
      v_options ->> 'reason', ratchet_internal.number_of(v_options, 'code', 410)::int,
      v_options ->> 'stack')))
  then
    return v_job.id;
  end if;
  if not v_is_suppressed then
    perform ratchet_internal.raise_error('WF302', 'job already finished',
      jsonb_build_object('workflow_id', p_job), 'There is nothing left to stop.');
  end if;
  return null;
end $$;
comment on function ratchet.interrupt(text, text, json, text) is
  'Stops a job of a graph at once; returns its number. Options: reason, code, stack, throw '
  '(false: who waits gets the data so far), expire (seconds it is kept), suppress (no error when '
  'it is unknown, WF201, or has ended, WF302).';
