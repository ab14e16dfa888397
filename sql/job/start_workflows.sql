-- Starts many jobs of one workflow in one statement, in the caller's transaction; ids that exist
-- are skipped, but jobs whose time is over make room.
-- Locks: the new rows; jobs whose time is over, in id order. Writes: jobs, messages. Wakes: an idle
--   worker, once.
-- Raises: WF101, WF102, WF104. Idempotent: repeated, it starts only what is missing; with the same
--   p_request_id nothing again whose own time is over by then.

create function ratchet.start_workflows(
  p_workflow text, p_ids text[], p_args json[], p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_queue text := coalesce(p_queue, p_workflow);
  v_request uuid;
  v_count bigint;
begin
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  perform ratchet_internal.check_jobs(p_ids, p_args);
  if p_ids is null then return 0; end if; -- what array_agg makes of no rows
  if coalesce(p_options -> 'expire', p_options -> 'pending') is not null then
    v_request := p_request_id; -- others are kept for longer, and need not carry it
  end if;
  v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids, p_args,
    p_options, v_request);
  if v_count < cardinality(p_ids) and ratchet_internal.make_room(
    array_fill(p_namespace, array[cardinality(p_ids)]), p_ids, v_request)
  then
    v_count := v_count + ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, p_ids,
      p_args, p_options, v_request);
  end if;
  return v_count;
end $$;
comment on function ratchet.start_workflows(text, text[], json[], text, text, json, uuid) is
  'Starts a job for each id with the arguments at the same place; returns how many ids were free.';
