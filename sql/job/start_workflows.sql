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
  v_at bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  select given.at into v_at
  from unnest(p_ids, p_args) with ordinality as given (id, args, at)
  where not ratchet_internal.is_name(given.id)
    or not ratchet_internal.is_arguments(given.args)
    or octet_length(given.args::text) > 16777216
  limit 1;
  if v_at is not null then
    perform ratchet_internal.check_name(p_ids[v_at], 'workflow id');
    perform ratchet_internal.check_size(p_args[v_at], 'arguments');
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', p_ids[v_at], 'at', v_at),
      'Give as many JSON arrays of arguments as ids.');
  end if;
  return ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids, p_args,
    p_options, null);
end $$;
comment on function ratchet.start_workflows(text, text[], json[], text, text, json) is
  'Starts a job for each id with the arguments at the same place; returns how many ids were new.';
