-- Runs a job of a graph from what has been answered until nothing is left to do but wait, or the
-- budget of activities is used up: what is left over then goes on through messages of its own.
-- Everything follows the one version the caller names. What has been worked out is written at the
-- end, and now and then on the way.
-- Locks: the job (the caller has it); jobs that it interrupts, never waiting; messages. Writes:
-- jobs, messages, attributes, signals. Wakes: idle workers, programs that wait.

create function ratchet_internal.run_stretch(
  p_draft ratchet_internal.graph_draft, p_version bigint, p_items ratchet_internal.graph_item[],
  p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_items ratchet_internal.graph_item[] := p_items;
  v_item ratchet_internal.graph_item;
  v_activity ratchet_internal.graph_activities;
  v_out ratchet_internal.graph_outcome;
  v_at int := 0;
  v_steps int := 0;
begin
  while v_at < cardinality(v_items) and v_draft.stop is null and (v_draft.job).status > 0 loop
    v_at := v_at + 1;
    v_item := v_items[v_at];
    if v_steps >= p_budget then
      if not v_item.is_stored then
        v_draft := ratchet_internal.postpone(v_draft, v_item, 0);
      end if;
      continue;
    end if;
    select * into v_activity from ratchet_internal.graph_activities
    where version_id = p_version and position = v_item.position;
    if cardinality(v_activity.path) is distinct from regexp_count(v_item.address, ',') then
      -- It is gone, or is not as deep in its tree as the address says.
      v_draft.stop := ratchet_internal.misfit((v_draft.job).namespace, v_item);
      exit;
    end if;
    if v_item.scope is null then
      v_item.scope := ratchet_internal.load_scope(v_draft.job, v_activity, v_item.address);
    end if;
    if ratchet_internal.is_blocked(v_activity, v_item) then
      v_draft := ratchet_internal.postpone(v_draft, v_item, 20);
      continue;
    end if;
    v_steps := v_steps + 1;
    v_out := ratchet_internal.step_activity(v_draft.now, v_draft.job, v_activity, v_item);
    if v_activity.kind = 'interrupt' and v_out.effects is not null then
      v_out := ratchet_internal.interrupt_other(v_draft, v_out);
      if v_out.attribute is null then
        v_draft := ratchet_internal.postpone(v_draft, v_item, 20);
        continue;
      end if;
      v_draft.jobs := v_draft.jobs || (v_draft.job).id;
    end if;
    v_draft := ratchet_internal.add_outcome(v_draft, v_activity, v_item, v_out);
    v_items := v_items || v_draft.items;
    if v_steps % 100 = 0 then
      v_draft := ratchet_internal.write_draft(v_draft);
    end if;
  end loop;
  v_draft := ratchet_internal.end_stretch(ratchet_internal.write_draft(v_draft), p_version);
  return row(v_steps, v_draft.children, v_draft.jobs)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.run_stretch(ratchet_internal.graph_draft, bigint,
  ratchet_internal.graph_item[], int) is
  'Runs a job of a graph as far as it goes, or as the budget allows.';
