-- The subscription that was promised the first broadcast of a job, which it gets only once. Events
-- that a workflow of the same id emits are no such broadcast, and leave the promise alone.
-- Writes: replies.

create function ratchet_internal.take_reply(p_space text, p_job text) returns text
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.replies where job = p_job and namespace = p_space
  returning subscription
$$;
comment on function ratchet_internal.take_reply(text, text) is
  'The subscription that was promised the first broadcast of a job; the promise is gone then.';
