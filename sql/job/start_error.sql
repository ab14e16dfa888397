-- The error with which a step fails whose child could not be started.

create function ratchet_internal.start_error(p_id text, p_queue text, p_workflow text)
returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when ratchet_internal.is_name(p_id) and ratchet_internal.is_name(p_queue)
      and ratchet_internal.is_name(p_workflow)
    then json_build_object('message', 'Duplicate job: ' || p_id, 'type', 'DuplicateJobError',
      'name', 'DuplicateJobError', 'jobId', p_id)
    else json_build_object('message', 'invalid name: give the id, the queue and the name of a child'
      || ' 1 to 512 characters without control characters', 'type', 'InvalidName',
      'name', 'InvalidName', 'jobId', left(p_id, 512)) end
$$;
comment on function ratchet_internal.start_error(text, text, text) is
  'The error of a step whose child could not be started: a bad name, or an id that exists.';
