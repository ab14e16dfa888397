-- Records that a stretch of a job failed: the job ends with the problem as its error; unless that
-- may pass, and has not come ten times in a row. One that somebody else has locked is left alone.
-- Locks: the job, never waiting; messages. Writes: jobs; and as end_jobs.

create function ratchet_internal.fail_graph(p_now timestamptz, p_job bigint, p_problem jsonb)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs;
  v_error json := p_problem - 'may_pass';
begin
  select * into v_job from ratchet.jobs
  where id = p_job and status > 0 for no key update skip locked;
  if not found then return row(0, null, null)::ratchet_internal.graph_run; end if;
  if (p_problem -> 'may_pass')::boolean and v_job.attempt < 9 then
    update ratchet.jobs set attempt = attempt + 1, error = v_error, updated_at = p_now
    where id = p_job;
    return row(0, null, null)::ratchet_internal.graph_run;
  end if;
  perform ratchet_internal.end_jobs(null, p_now, array[p_job], array[''], array[null::json],
    array[v_error]);
  return row(1, null, case when v_job.is_awaited then array[v_job.parent_id] end
    )::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.fail_graph(timestamptz, bigint, jsonb) is
  'Records that a stretch of a job failed: the job ends, or is to be tried again.';
