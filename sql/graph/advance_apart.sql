-- Goes on with graphs a job at a time: one that fails is taken back, ended or put off, and the
-- others go on. After an error that may pass the rest is left for the next call, since waiting for
-- one lock after another would hold up everybody.

create function ratchet_internal.advance_apart(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
  v_job bigint;
  v_tried record;
begin
  if v_run.children[1] is not null then
    v_run := ratchet_internal.advance_alone(p_now, v_run, p_budget);
  end if;
  while v_run.jobs[1] is not null and v_run.steps < p_budget loop
    v_job := v_run.jobs[1];
    v_tried := ratchet_internal.try_graphs(p_now, v_run, p_budget, 'alone');
    if v_tried.problem is null then
      v_run := v_tried.run;
      continue;
    end if;
    v_tried.run := ratchet_internal.put_off(p_now, v_job, v_tried.problem);
    v_run := row(v_run.steps + (v_tried.run).steps, null,
      array_remove(v_run.jobs, v_job) || (v_tried.run).jobs)::ratchet_internal.graph_run;
    exit when (v_tried.problem -> 'may_pass')::boolean;
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_apart(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with graphs a job at a time, so that one that fails holds up no other.';
