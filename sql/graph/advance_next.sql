-- Does the next thing of a run: starts a child, looks at one that is awaited again, or goes on with
-- the next jobs, so many at once. Children come first, since a message names them already.

create function ratchet_internal.advance_next(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int, p_width int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_child jsonb := p_run.children[1];
  v_run ratchet_internal.graph_run;
begin
  if v_child is null then
    v_run := ratchet_internal.continue_graphs(p_now, p_run.jobs[:p_width],
      p_budget - p_run.steps);
    return row(p_run.steps + v_run.steps, v_run.children,
      p_run.jobs[p_width + 1:] || v_run.jobs)::ratchet_internal.graph_run;
  elsif v_child ? 'awaited' then
    v_run := ratchet_internal.look_at_child(p_now, (v_child -> 'awaited')::bigint);
  else
    v_run := ratchet_internal.start_child(p_now, v_child, p_budget - p_run.steps);
  end if;
  return row(p_run.steps + coalesce(v_run.steps, 0), p_run.children[2:] || v_run.children,
    p_run.jobs || v_run.jobs)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.advance_next(
  timestamptz, ratchet_internal.graph_run, int, int) is
  'Does the next thing of a run: starts a child, or goes on with jobs.';
