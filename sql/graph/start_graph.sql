-- Starts a job of a graph and runs its first stretch, which is written together with its row: a job
-- that is over by then is inserted once. Without anything to do it ends at once. What stops other
-- jobs, or signals to all that are listed, must find it running and listed: then its row comes
-- first.
-- Locks: the new row; and as run_stretch, write_drafts. Writes: all that they do, graph_facts.
-- Returns null when a job has its id.

create function ratchet_internal.start_graph(
  p_draft ratchet_internal.graph_draft, p_budget int, p_graph ratchet_internal.graphs
) returns ratchet_internal.graph_start
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_draft.job;
  v_draft ratchet_internal.graph_draft;
  v_known ratchet_internal.graph_activities[];
  v_comes_first boolean := false;
  v_jobs bigint[] := '{}';
begin
  if p_draft.facts is not null then
    v_comes_first := exists (
      select from ratchet_internal.graph_activities
      where version_id = p_draft.version_id and kind = 'signal'
        and constants ->> 'subtype' = 'all');
  end if;
  if coalesce(cardinality(p_draft.items), 0) = 0 then
    v_draft := ratchet_internal.conclude_stretch(p_draft);
  else
    v_known := p_graph.activities;
    if not v_comes_first then
      v_draft := ratchet_internal.run_stretch(p_draft, p_budget, false, p_draft.ahead, v_known);
    end if;
  end if;
  if v_draft.version_id is null then
    v_job.status := greatest(v_job.status, 1);
  else
    v_job := v_draft.job;
  end if;
  if not ratchet_internal.create_graph_job(v_job) then return null; end if;
  if p_draft.facts is not null then
    perform ratchet_internal.record_facts(p_draft.now, v_job, p_draft.facts);
  end if;
  if v_draft.version_id is null then
    v_draft := p_draft;
    v_draft.is_new := false;
    v_draft := ratchet_internal.run_stretch(v_draft, p_budget, true, p_draft.ahead, v_known);
  end if;
  if v_draft.spans is not null then
    perform ratchet_internal.tell_spans(array[v_draft]);
  end if;
  if ratchet_internal.is_history(v_draft) then
    insert into ratchet.jobs_attributes select a.* from unnest(v_draft.attributes) a;
    if exists (select from ratchet_internal.subscriptions) then
      perform ratchet_internal.announce_graph(v_draft.job, null, (v_draft.job).context);
    end if;
  else
    v_jobs := ratchet_internal.write_drafts(p_draft.now, array[v_draft]);
  end if;
  return row(v_draft.job, row(v_draft.steps, v_draft.children,
    v_draft.jobs || v_jobs))::ratchet_internal.graph_start;
end $$;
comment on function ratchet_internal.start_graph(ratchet_internal.graph_draft, int,
  ratchet_internal.graphs) is
  'Starts a job of a graph and runs its first stretch; null when a job has its id.';
