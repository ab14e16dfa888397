-- Ends jobs: with a result, with an error, or (p_status < 0) stopped from outside. All that is left of them
-- in messages goes; whoever waits for their end is answered in the same commit.
-- Locks: jobs, then messages. Writes: jobs, messages, attributes of waiting parents.
-- With p_worker only jobs whose main function that worker holds are ended.
-- Returns the jobs it ended; one that had ended before is not among them.

create function ratchet_internal.end_jobs(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_results json[], p_errors json[],
  p_status int default 0
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ended bigint[];
  v_awaited bigint[];
  v_told record;
begin
  with ended as (
    update ratchet.jobs j
    set status = p_status, result = e.result, error = e.error, finished_at = p_now,
      updated_at = p_now
    from unnest(p_jobs, p_results, p_errors) as e (job_id, result, error)
    where j.id = e.job_id and j.status > 0
      and (p_worker is null or exists (
        select from ratchet_internal.messages held where held.job_id = e.job_id
          and held.address = '' and held.position = 0 and held.worker_id = p_worker))
    returning j.id, j.is_awaited)
  select array_agg(id), array_agg(id) filter (where is_awaited) into v_ended, v_awaited
  from ended;
  delete from ratchet_internal.messages where job_id = any (v_ended);
  if v_awaited is not null then
    with waiting as materialized (
      select m.job_id, m.address, m.position, m.key::bigint as child
      from ratchet_internal.messages m
      where m.kind = 'child' and m.key = any (v_awaited::text[])
      order by m.job_id, m.address, m.position for update)
    select array_agg(w.job_id) as jobs, array_agg(w.address) as addresses,
      array_agg(w.position) as positions, array_agg(1) as attempts,
      array_agg(j.error is not null) as failed,
      array_agg(coalesce(j.error, j.result)::text) as answers
    into v_told
    from waiting w join ratchet.jobs j on j.id = w.child;
    if v_told.jobs is not null then
      perform ratchet_internal.settle(p_now, v_told.jobs, v_told.addresses, v_told.positions,
        v_told.attempts, v_told.failed, v_told.answers);
    end if;
    perform pg_notify('ratchet', 'result');
  end if;
  return v_ended;
end $$;
comment on function ratchet_internal.end_jobs(bigint, timestamptz, bigint[], json[], json[], int) is
  'Ends jobs and answers whoever waits for their end; returns those that this call ended.';
