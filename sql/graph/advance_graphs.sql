-- Goes on with jobs of graphs, and with whatever their stretches set going: children that start,
-- parents that are answered. All in this transaction, until nothing is left to do or the budget
-- of activities is used up. Children are always started, since a message names them already;
-- beyond the budget their first activities are left for later.
-- An error stays with its job. All go on together in one subtransaction, which costs next to
-- nothing; only when that fails is each tried by itself.
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
  v_run ratchet_internal.graph_run := p_run;
  v_tried record;
begin
  if v_run.children[1] is null and v_run.jobs[1] is null then return v_run.steps; end if;
  v_tried := ratchet_internal.try_graphs(p_now, v_run, p_budget, 'together');
  if v_tried.problem is null then
    v_run := v_tried.run;
  else
    v_run := ratchet_internal.advance_apart(p_now, v_run, p_budget);
  end if;
  return v_run.steps;
end $$;
comment on function ratchet_internal.advance_graphs(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with jobs of graphs and with whatever they set going; an error stays with its job.';
