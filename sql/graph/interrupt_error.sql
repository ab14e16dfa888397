-- The error of a job that was interrupted.

create function ratchet_internal.interrupt_error(
  p_job text, p_reason text, p_code int, p_stack text
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('message', coalesce(p_reason, 'job [' || p_job || '] interrupted'),
    'code', coalesce(p_code, 410), 'job_id', p_job, 'stack', coalesce(p_stack, ''))
$$;
comment on function ratchet_internal.interrupt_error(text, text, int, text) is
  'The error of a job that was interrupted.';
