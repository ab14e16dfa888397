-- Takes what is left of threads that end in this transaction without their job: their messages, and
-- the tasks that their waits had.
-- Locks: messages (the caller has locked the jobs), then tasks, each in order. Writes: messages,
-- escalations.

create function ratchet_internal.drop_threads(
  p_now timestamptz, p_jobs bigint[], p_addresses text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from unnest(p_jobs, p_addresses) as ended (job_id, address)
  join ratchet_internal.messages m
    on m.job_id = any (array[ended.job_id]) and m.address = ended.address
  order by ended.job_id, ended.address, m.position for update of m;
  -- Not by their status: its index invites to go through all pending tasks for each.
  perform ratchet_internal.cancel_pending(p_now, array(
    select e.id
    from unnest(p_jobs, p_addresses) as ended (job_id, address)
    cross join lateral (
      select id, status from ratchet.escalations
      where job_id = ended.job_id and address = ended.address offset 0) e
    where e.status = 'pending'));
  delete from ratchet_internal.messages m
  using unnest(p_jobs, p_addresses) as ended (job_id, address)
  where m.job_id = any (array[ended.job_id]) and m.address = ended.address;
end $$;
comment on function ratchet_internal.drop_threads(timestamptz, bigint[], text[]) is
  'Takes the messages and pending tasks of threads that end in this transaction.';
