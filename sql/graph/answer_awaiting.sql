-- Answers the activity that waits for a job with what the job announces while it still runs: code
-- 202, or 200 when the job will report no more. One that has an answer it has not gone on with yet
-- is left alone: it will look at the job again. Returns the job that may go on.
-- Locks: the message. Writes: messages, attributes.

create function ratchet_internal.answer_awaiting(
  p_now timestamptz, p_job bigint, p_code int, p_data jsonb
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_to record;
begin
  select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions into v_to
  from (select job_id, address, position from ratchet_internal.messages
    where key = p_job::text and kind = 'child' for update) m;
  if v_to.jobs is not null then
    perform ratchet_internal.settle(p_now, v_to.jobs, v_to.addresses, v_to.positions, array[1],
      array[false], array[p_data::text], false, array[p_code]);
  end if;
  return coalesce(v_to.jobs, '{}');
end $$;
comment on function ratchet_internal.answer_awaiting(timestamptz, bigint, int, jsonb) is
  'Answers the activity that waits for a job with what the job announces while it runs.';
