-- Runs another function inside a job, in a thread of its own, in the caller's transaction. Nothing
-- happens if the job is unknown, has finished, or takes no hooks.
-- Locks: the job. Writes: jobs, threads, messages, attributes. Wakes: an idle worker of the queue.
-- Raises: WF101 bad name, WF102 arguments are no array, WF104 bad option, WF501 too large, WF605
-- not READ COMMITTED. Idempotent: with the same p_request_id it is started once.

create function ratchet.hook(
  p_id text, p_workflow text, p_args json default '[]', p_queue text default null,
  p_namespace text default 'durable', p_options json default null,
  p_request_id uuid default null
) returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_queue text := coalesce(p_queue, p_workflow);
  v_request uuid := coalesce(p_request_id, gen_random_uuid());
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_start(p_namespace, p_workflow, v_queue, p_options);
  if exists (
    select from json_object_keys(p_options) as option where option not in ('retry', 'search'))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('workflow_id', p_id), 'The options of a hook are retry and search.');
  end if;
  perform ratchet_internal.check_name(p_id, 'workflow id');
  perform ratchet_internal.check_size(p_args, 'arguments');
  if not ratchet_internal.is_arguments(p_args) then
    perform ratchet_internal.raise_error('WF102', 'arguments are not a JSON array',
      jsonb_build_object('workflow_id', p_id), 'Give the arguments as a JSON array: ''["a", 1]''.');
  end if;
  select id into v_job from ratchet.jobs
  where key = p_id and namespace = p_namespace and status > 0 and is_hookable
  for no key update;
  -- A statement of its own: it sees the threads that the one before waited for.
  if v_job is not null and not exists (
    select from ratchet.threads where job_id = v_job and request_id = v_request)
  then
    if p_options -> 'search' is not null then
      perform ratchet_internal.add_attributes(ratchet_internal.now(), array[v_job],
        array[ratchet_internal.search_of(p_options)]);
    end if;
    perform ratchet_internal.open_threads(ratchet_internal.write_time(), array[v_job],
      array[p_workflow], array[v_queue], array[p_args], array[p_options -> 'retry'], v_request);
  end if;
  return v_request;
end $$;
comment on function ratchet.hook(text, text, json, text, text, json, uuid) is
  'Runs a function inside a running job, in a thread of its own; returns a number that names the '
  'call. A job that is unknown, has finished or takes no hooks ignores it. Options are retry and '
  'search.';
