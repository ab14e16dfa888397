-- Stops a job at once, in the caller's transaction; none of its code runs again. Its queued work
-- goes, late results are dropped, whoever waits for it gets the error; its pending tasks are
-- cancelled; its children go on.
-- Options: stack (text of the error), throw (false: who waits gets nothing instead of the error),
-- expire (seconds for which the job is kept).
-- Locks: the job (for update), then messages. Raises: WF104 bad option, WF201 unknown, WF302
-- finished (p_suppress: false), WF605 not READ COMMITTED. Wakes: programs that wait, idle workers.
-- Idempotent with p_suppress.

create function ratchet.terminate(
  p_id text, p_namespace text default 'durable', p_reason text default null,
  p_code int default 410, p_suppress boolean default false, p_options json default null
) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_job ratchet.jobs := ratchet_internal.find_job(p_id, p_namespace);
  v_options json := ratchet_internal.readable(p_options);
begin
  perform ratchet_internal.check_isolation();
  if v_options is not null and (json_typeof(v_options) <> 'object' or exists (
    select from json_each(v_options) where key not in ('stack', 'throw', 'expire')
      or key = 'expire' and not ratchet_internal.number_of(v_options, key, -1) between 0 and 1e13))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('workflow_id', p_id),
      'Options are stack (text), throw (true or false) and expire (seconds, at most 1e13).');
  end if;
  perform from ratchet.jobs where id = v_job.id for update;
  if ratchet_internal.interrupt_jobs(ratchet_internal.write_time(), array[v_job.id], array[p_id],
    array[json_build_object('reason', p_reason, 'code', p_code, 'stack', v_options ->> 'stack',
      'throw', v_options -> 'throw', 'expire', v_options -> 'expire')]) is null
  then
    if not p_suppress then
      perform ratchet_internal.raise_error('WF302', 'job already finished',
        jsonb_build_object('workflow_id', p_id), 'There is nothing left to stop.');
    end if;
    return false;
  end if;
  return true;
end $$;
comment on function ratchet.terminate(text, text, text, int, boolean, json) is
  'Stops a job at once, none of its code runs again; returns whether this call stopped it. '
  'Options: stack, throw (false: who waits gets no error), expire (seconds it is kept; 0 frees '
  'the id). Raises WF201 unknown; WF302 finished, unless p_suppress.';
