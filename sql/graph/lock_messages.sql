-- Locks the messages that go with the end of a job: its own, and those of steps that wait for it.
-- Returns whether it has them all. Who goes on with graphs holds messages of other jobs already;
-- who stops one of these may hold a message of this job, and wait for one of those.
-- Locks: the messages, never waiting.

create function ratchet_internal.lock_messages(p_job bigint) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_locked bigint;
begin
  select count(*) into v_locked from (
    select from ratchet_internal.messages
    where job_id = p_job or kind = 'child' and key = p_job::text
    order by job_id + 0, address, position for update skip locked) mine;
  return v_locked = (
    select count(*) from ratchet_internal.messages
    where job_id = p_job or kind = 'child' and key = p_job::text);
end $$;
comment on function ratchet_internal.lock_messages(bigint) is
  'Locks the messages that go with the end of a job, never waiting; returns whether it has all.';
