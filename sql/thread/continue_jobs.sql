-- Begins the next generation of jobs whose main function continued as new: an empty history under
-- the next address, new arguments, no failed attempts. All that the generation before left open
-- goes, in the same commit. Hook threads belong to the job and go on.
-- Locks: the jobs (the caller has locked them), then messages, in order. Writes: jobs, messages,
-- escalations. No
-- notification: the worker that ends a generation has room for the next, and claims it in this call
-- or its next.

create function ratchet_internal.continue_jobs(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_inputs json[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_next record;
begin
  with continued as (
    update ratchet.jobs j
    set generation = j.generation + 1, input = c.input, attempt = 0, error = null,
      updated_at = p_now
    from unnest(p_jobs, p_addresses, p_inputs) as c (job_id, address, input)
    where c.input is not null and j.id = any (array[c.job_id]) and j.status > 0
      and c.address = ratchet_internal.main_address(j.generation) and (
      select held.worker_id from ratchet_internal.messages held where held.job_id = c.job_id
        and held.address = c.address and held.position = 0) = p_worker
    returning j.id, c.address)
  select array_agg(id) as jobs, array_agg(address) as addresses into v_next from continued;
  if v_next.jobs is null then return; end if;
  perform ratchet_internal.drop_threads(p_now, v_next.jobs, v_next.addresses);
  insert into ratchet_internal.messages
    (job_id, address, due_at, kind, namespace, queue, workflow)
  select id, ratchet_internal.main_address(generation), p_now, 'turn', namespace, queue, workflow
  from ratchet.jobs where id = any (v_next.jobs) order by id;
end $$;
comment on function ratchet_internal.continue_jobs(
  bigint, timestamptz, bigint[], text[], json[]) is
  'Begins the next generation of jobs whose main function continued as new.';
