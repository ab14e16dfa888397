-- Inserts a job of a graph. An id is taken as long as its job runs, and after that until the time
-- for which it is kept has passed: then the old job makes room.
-- Locks: the new row (a concurrent start of the same id waits for this transaction). Writes: jobs;
-- removes an expired job with its history. Returns whether the id was free.

create function ratchet_internal.create_graph_job(p_now timestamptz, p_job ratchet.jobs)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_old bigint;
begin
  loop
    insert into ratchet.jobs overriding system value values ((p_job).*)
    on conflict (key, namespace) do nothing;
    if found then return true; end if;
    delete from ratchet.jobs
    where key = p_job.key and namespace = p_job.namespace and status <= 0
      and (p_job.request_id is null or request_id is distinct from p_job.request_id)
      and coalesce(pending_until, finished_at + make_interval(secs => expire_seconds)) <= p_now
    returning id into v_old;
    if not found then return false; end if;
    delete from ratchet.jobs_attributes where job_id = v_old;
  end loop;
end $$;
comment on function ratchet_internal.create_graph_job(timestamptz, ratchet.jobs) is
  'Inserts a job of a graph; false when a job has its id.';
