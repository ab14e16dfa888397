-- Runs the next stretches of jobs, as far as the budget goes: all are loaded, then run in memory,
-- then written, each in a few statements. A job that stops others, or takes jobs off a list, is
-- left to the end, and goes alone. Those beyond the budget, and those that would end or tell their
-- parents while somebody has locked a message that goes with it, are left for the next call: their
-- answers stay.
-- Locks, Writes: as load_graphs, run_stretch, lock_messages, write_drafts.

create function ratchet_internal.continue_graphs(p_now timestamptz, p_jobs bigint[], p_budget int)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_loads ratchet_internal.graph_draft[] :=
    (ratchet_internal.load_graphs(p_now, p_jobs)).drafts;
  v_known ratchet_internal.graph_known := ratchet_internal.known_activities(v_loads);
  -- Lists of their own are not copied at each call.
  v_keys bigint[] := v_known.keys;
  v_activities ratchet_internal.graph_activities[] := v_known.activities;
  v_loaded ratchet_internal.graph_draft;
  v_draft ratchet_internal.graph_draft;
  v_drafts ratchet_internal.graph_draft[];
  v_alone bigint[];
  v_job bigint;
  v_spans jsonb[] := ratchet_internal.wanted_spans();
  v_run ratchet_internal.graph_run := row(0, null, null);
  v_more ratchet_internal.graph_run;
begin
  foreach v_loaded in array v_loads loop
    exit when v_run.steps >= p_budget;
    v_loaded.spans := v_spans;
    v_draft := ratchet_internal.run_stretch(v_loaded, p_budget - v_run.steps, false, v_keys,
      v_activities);
    if v_draft.version_id is null and cardinality(p_jobs) > 1 then
      v_alone := v_alone || (v_loaded.job).id;
      continue;
    end if;
    continue when not ratchet_internal.may_go_on(v_loaded, v_draft);
    if v_draft.version_id is null then
      v_draft := ratchet_internal.run_stretch(v_loaded, p_budget - v_run.steps, true,
        v_keys, v_activities);
    end if;
    v_drafts := v_drafts || v_draft;
    v_run.steps := v_run.steps + v_draft.steps;
    v_run.children := v_run.children || v_draft.children;
    v_run.jobs := v_run.jobs || v_draft.jobs;
  end loop;
  if v_drafts is not null then
    if v_spans is not null then perform ratchet_internal.tell_spans(v_drafts); end if;
    v_run.jobs := v_run.jobs || ratchet_internal.write_drafts(p_now, v_drafts);
  end if;
  foreach v_job in array coalesce(v_alone, '{}') loop
    exit when v_run.steps >= p_budget;
    v_more := ratchet_internal.continue_graphs(p_now, array[v_job], p_budget - v_run.steps);
    v_run := row(v_run.steps + v_more.steps, v_run.children || v_more.children,
      v_run.jobs || v_more.jobs);
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.continue_graphs(timestamptz, bigint[], int) is
  'Runs the next stretches of jobs, as far as the budget goes.';
