-- Starts a job of a graph and runs its first stretch. A job without anything to do ends at once.
-- Locks, Writes: as run_stretch. Returns null when a job has its id.

create function ratchet_internal.start_graph(
  p_draft ratchet_internal.graph_draft, p_version bigint, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_draft.job;
begin
  -- Until the stretch has ended the row says that the job runs, whatever comes of it.
  v_job.status := greatest(v_job.status, 1);
  v_job.result := null;
  if not ratchet_internal.create_graph_job(p_draft.now, v_job) then return null; end if;
  if p_draft.facts is not null then
    perform ratchet_internal.record_facts(p_draft.now, v_job, p_draft.facts);
  end if;
  return ratchet_internal.run_stretch(p_draft, p_version, p_draft.items, p_budget);
end $$;
comment on function ratchet_internal.start_graph(ratchet_internal.graph_draft, bigint, int) is
  'Starts a job of a graph and runs its first stretch; null when a job has its id.';
