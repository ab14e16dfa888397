-- Starts one job, in the caller's transaction.
-- Locks: the new rows. Writes: jobs, messages. Wakes: an idle worker of the queue.
-- Raises: WF101 bad name, WF102 arguments are no array, WF104 bad option, WF301 the id is taken,
--   WF501 too large. Idempotent: with the same p_request_id the first answer is given again.

create function ratchet.start_workflow(
  p_workflow text, p_args json default '[]', p_id text default null, p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id text := coalesce(p_id, gen_random_uuid()::text);
  v_queue text := coalesce(p_queue, p_workflow);
  v_is_plain constant boolean := ratchet_internal.is_plain_start(p_namespace, p_workflow, v_queue,
    v_id, p_args, p_options);
  v_count bigint;
begin
  if not v_is_plain then
    perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options),
      ratchet_internal.check_name(v_id, 'workflow id'),
      ratchet_internal.check_size(p_args, 'arguments');
    if not ratchet_internal.is_arguments(p_args) then
      perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
        jsonb_build_object('workflow_id', v_id),
        'Give the arguments as a JSON array: ''["a", 1]''.');
    end if;
  end if;
  if v_is_plain then
    v_count := (ratchet_internal.create_job(p_namespace, p_workflow, v_queue, v_id, p_args,
      p_options is not null, p_request_id) is not null)::int;
  else
    v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, array[v_id],
      array[p_args], p_options, p_request_id);
  end if;
  if v_count = 0 then
    if ratchet_internal.make_room(array[p_namespace], array[v_id], p_request_id) then
      v_count := ratchet_internal.create_jobs(p_namespace, p_workflow, v_queue, array[v_id],
        array[p_args], p_options, p_request_id);
    else
      v_count := ratchet_internal.run_reserved(p_namespace, p_workflow, v_queue, v_id, p_args,
        p_options, p_request_id);
    end if;
    -- A statement of its own: it sees the job that the one before waited for.
    if v_count = 0 and not exists (select from ratchet.jobs
        where key = v_id and namespace = p_namespace and request_id = p_request_id)
    then
      perform ratchet_internal.raise_error('WF301', 'duplicate job',
        jsonb_build_object('workflow_id', v_id, 'namespace', p_namespace),
        'A job with this id is kept; choose another id, or read that job.');
    end if;
  end if;
  return v_id;
end $$;
comment on function ratchet.start_workflow(text, json, text, text, text, json, uuid) is
  'Starts a workflow and returns its id (a generated one if none is given). The queue defaults '
  'to the workflow''s name; options are entity, expire (seconds), delay (milliseconds), retry, '
  'watch (true: its end is notified, as after watch_jobs), search ({"data": {}}), signalIn (false: '
  'takes no hooks), persistent (stays open for hooks), marker, and pending (seconds for which the '
  'id is only reserved, until a second start).';
