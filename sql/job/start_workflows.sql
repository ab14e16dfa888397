-- Starts many jobs of one workflow in one statement, in the caller's transaction; ids that exist
-- are skipped.
-- Locks: the new rows. Writes: jobs, messages. Wakes: an idle worker, once.
-- Raises: WF101, WF102, WF104. Idempotent: repeated, it starts only what is missing.

create function ratchet.start_workflows(
  p_workflow text, p_ids text[], p_args json[], p_queue text default null,
  p_namespace text default 'durable', p_options json default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue text := coalesce(p_queue, p_workflow);
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  perform ratchet_internal.check_jobs(p_ids, p_args);
  return ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids, p_args,
    p_options, null);
end $$;
comment on function ratchet.start_workflows(text, text[], json[], text, text, json) is
  'Starts a job for each id with the arguments at the same place; returns how many ids were new.';
