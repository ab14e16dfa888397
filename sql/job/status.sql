-- The semaphore of a job. Raises: WF201.

create function ratchet.status(p_id text, p_namespace text default 'durable') returns int
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select (ratchet_internal.find_job(p_id, p_namespace)).status $$;
comment on function ratchet.status(text, text) is
  'The semaphore of a job: > 0 running, 0 ended by itself, < 0 stopped from outside.';
