-- Goes on with jobs of graphs and with whatever they set going, until nothing is left to do or the
-- budget of activities is used up. An error of one is an error of all.

create function ratchet_internal.advance_together(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
begin
  while v_run.children[1] is not null or v_run.jobs[1] is not null and v_run.steps < p_budget loop
    v_run := ratchet_internal.advance_next(p_now, v_run, p_budget, 100);
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_together(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with jobs of graphs and with whatever they set going.';
