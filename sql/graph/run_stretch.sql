-- Runs a job of a graph, in memory, from what has been answered until nothing is left to do but
-- wait, or the budget of activities is used up: what is left over then goes on through messages of
-- its own. Returns what is to be written (write_drafts); null when the job would stop another one,
-- or take jobs off a list, which is done in the database at once, and only for a job that is alone
-- in this. What earlier stretches failed with is forgotten.
-- Locks: the job (the caller has it, unless it is new); jobs that it stops, never waiting. Writes:
-- as interrupt_other, unlist_jobs.

create function ratchet_internal.run_stretch(
  p_draft ratchet_internal.graph_draft, p_budget int, p_is_alone boolean, p_keys bigint[],
  p_known ratchet_internal.graph_activities[]
) returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_items ratchet_internal.graph_item[] := p_draft.items;
  v_item ratchet_internal.graph_item;
  v_activity ratchet_internal.graph_activities;
  v_next ratchet_internal.graph_draft;
  v_attributes ratchet.jobs_attributes[] := '{}';
  v_at int := 0;
  v_steps int := p_draft.steps;
begin
  v_draft.items := '{}';
  v_draft.job.error := null;
  while v_at < cardinality(v_items) and v_draft.stop is null and (v_draft.job).status > 0 loop
    v_at := v_at + 1;
    v_item := v_items[v_at];
    if v_steps >= p_budget then
      v_draft := case when v_item.message is not null then v_draft
        else ratchet_internal.postpone(v_draft, v_item, 0) end;
      continue;
    end if;
    v_activity := p_known[array_position(p_keys, (p_draft.version_id << 32) | v_item.position)];
    if v_activity.version_id is null then
      select * into v_activity from ratchet_internal.graph_activities
      where version_id = p_draft.version_id and position = v_item.position;
    end if;
    if cardinality(v_activity.path) is distinct from
      length(v_item.address) - length(replace(v_item.address, ',', ''))
      or v_item.message is not null
        and ((v_item.answer).created_at > p_draft.active_since) is not true
        and ratchet_internal.has_moved((v_draft.job).id, v_activity, v_item)
    then
      v_draft.stop := ratchet_internal.misfit((v_draft.job).namespace, v_item);
      exit;
    end if;
    if v_activity.kind = 'await' and ratchet_internal.is_blocked(v_item) then
      v_draft := ratchet_internal.postpone(v_draft, v_item, 20);
      continue;
    end if;
    v_next := case when not v_activity.is_plain or v_draft.spans is not null
        or (v_item.answer).job_id is not null and ((v_item.answer).kind <> 'worker'
          or (v_item.answer).is_failed or (v_item.answer).code is not null) then null
      when v_activity.kind = 'worker' and (v_item.answer).job_id is null
        then ratchet_internal.run_worker(v_draft, v_activity, v_item)
      else ratchet_internal.run_plain(v_draft, v_activity, v_item, case when v_at
        = cardinality(v_items) then p_budget - v_steps else 1 end, p_keys, p_known) end;
    if v_next.version_id is null then
      v_next := ratchet_internal.run_any(v_draft, v_activity, v_item, p_is_alone);
      if v_next.version_id is null then return null; end if;
    end if;
    v_steps := v_steps + v_next.steps;
    v_draft := v_next;
    foreach v_item in array v_draft.items loop v_items := v_items || v_item; end loop;
    if cardinality(v_draft.attributes) >= 50 then
      v_attributes := v_attributes || v_draft.attributes;
      v_draft.attributes := null; -- a long list in a draft would be copied at each step
    end if;
  end loop;
  v_draft.attributes := v_attributes || v_draft.attributes;
  v_draft.items := null;
  v_draft.steps := v_steps;
  v_draft.root := coalesce(v_activity.path[1], v_draft.root);
  return ratchet_internal.conclude_stretch(v_draft);
end $$;
comment on function ratchet_internal.run_stretch(ratchet_internal.graph_draft, int, boolean,
  bigint[], ratchet_internal.graph_activities[]) is
  'Runs a job of a graph in memory as far as it goes, or as the budget allows.';
