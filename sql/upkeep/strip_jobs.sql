-- Removes the detail of finished jobs: the arguments of their steps and, unless told otherwise,
-- their hooks' steps, or the runs of a graph, its trigger included. What a job returned, its data
-- and markers, and the history of its main function stay.
-- The caller has locked the jobs. Writes: attributes, jobs. Returns how many rows it changed or
-- removed.

create function ratchet_internal.strip_jobs(p_jobs bigint[], p_is_keeping_hooks boolean)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_removed bigint := 0;
  v_changed bigint;
begin
  if not p_is_keeping_hooks then
    -- The addresses of main functions, data and markers begin with these; those of hooks do not.
    delete from ratchet.jobs_attributes where job_id = any (p_jobs) and address ~ '^[^#$_-]';
    get diagnostics v_removed = row_count;
  end if;
  update ratchet.jobs_attributes set input = null
  where job_id = any (p_jobs) and input is not null;
  get diagnostics v_changed = row_count;
  update ratchet.jobs set pruned_at = ratchet_internal.now() where id = any (p_jobs);
  return v_removed + v_changed;
end $$;
comment on function ratchet_internal.strip_jobs(bigint[], boolean) is
  'Removes the arguments of the steps of finished jobs, and their hooks'' steps or the runs of '
  'their graphs; returns how many rows that changed.';
