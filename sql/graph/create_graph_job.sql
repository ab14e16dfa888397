-- Inserts a job of a graph. An id is taken as long as its job runs, and after that until the time
-- for which it is kept has passed: then the old job makes room.
-- Locks: the new row (a concurrent start of the same id waits for this transaction). Writes: jobs;
-- as make_room. Returns whether the id was free.

create function ratchet_internal.create_graph_job(p_job ratchet.jobs)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  loop
    insert into ratchet.jobs overriding system value values ((p_job).*)
    on conflict (key, namespace) do nothing;
    if found then return true; end if;
    if not ratchet_internal.make_room(array[p_job.namespace], array[p_job.key], p_job.request_id)
    then
      return false;
    end if;
  end loop;
end $$;
comment on function ratchet_internal.create_graph_job(ratchet.jobs) is
  'Inserts a job of a graph; false when a job has its id.';
