-- Removes a job of a graph with its history, in any state. One that runs is stopped first, so that
-- whoever waits for it is told. An unknown id is ignored.
-- Locks: the job, then messages. Writes: as stop_graph and remove_jobs. Raises: WF101, WF605.

create function ratchet.scrub(p_job text, p_app text, p_namespace text default 'hmsh')
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_job ratchet.jobs;
begin
  perform ratchet_internal.check_isolation();
  select * into v_job from ratchet.jobs
  where key = p_job and namespace = ratchet_internal.app_space(p_app, p_namespace) for update;
  if not found then return false; end if;
  perform ratchet_internal.stop_graph(ratchet_internal.write_time(), v_job, jsonb_build_object(
    'error',
    ratchet_internal.interrupt_error(p_job, 'job [' || p_job || '] was removed', 410, null)));
  return ratchet_internal.remove_jobs(array[v_job.id]) > 0;
end $$;
comment on function ratchet.scrub(text, text, text) is
  'Removes a job of a graph in any state; returns whether there was one.';
