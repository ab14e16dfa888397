-- Goes on with jobs of graphs, and with whatever their stretches set going: children that start,
-- parents that are answered. All in this transaction, until nothing is left to do or the budget
-- of activities is used up. Children are always started, since a message names them already;
-- beyond the budget their first activities are left for later.
-- Plans are generic: statements over a few rows in an array would be planned at each call.
-- Returns how many activities were run.

create function ratchet_internal.advance_graphs(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int default 1000
) returns int
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_children jsonb[] := p_run.children;
  v_jobs bigint[] := p_run.jobs;
  v_steps int := coalesce(p_run.steps, 0);
  v_run ratchet_internal.graph_run;
begin
  loop
    if v_children[1] is not null then
      if v_children[1] ? 'awaited' then
        v_run := ratchet_internal.look_at_child(p_now, (v_children[1] -> 'awaited')::bigint);
      else
        v_run := ratchet_internal.start_child(p_now, v_children[1], p_budget - v_steps);
      end if;
      v_children := v_children[2:];
    elsif v_jobs[1] is not null and v_steps < p_budget then
      v_run := ratchet_internal.continue_job(p_now, v_jobs[1], p_budget - v_steps);
      v_jobs := array_remove(v_jobs, v_jobs[1]);
    else
      return v_steps;
    end if;
    v_children := v_children || v_run.children;
    v_jobs := v_jobs || v_run.jobs;
    v_steps := v_steps + coalesce(v_run.steps, 0);
  end loop;
end $$;
comment on function ratchet_internal.advance_graphs(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with jobs of graphs and with whatever they set going.';
