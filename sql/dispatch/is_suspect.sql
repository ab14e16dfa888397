-- Whether a function that was lost with its worker may be what killed it: since it was claimed it
-- has recorded nothing, and it was not waiting for anything but its own worker. Thousands of
-- functions that only wait may be lost with one worker; they are not to be blamed however often
-- that happens.

create function ratchet_internal.is_suspect(p_turn ratchet_internal.messages) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select not exists (
    select from ratchet.jobs_attributes a where a.job_id = p_turn.job_id
      and ratchet_internal.thread_of(a.address) = p_turn.address
      and coalesce(a.updated_at, a.created_at) > p_turn.due_at)
  and not exists (
    select from ratchet_internal.messages m where m.job_id = p_turn.job_id
      and m.address = p_turn.address and m.position > 0
      and m.worker_id is distinct from p_turn.worker_id)
$$;
comment on function ratchet_internal.is_suspect(ratchet_internal.messages) is
  'Whether a function that was lost with its worker may be what killed it.';
