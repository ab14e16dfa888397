-- Starts the job that an await activity asks for. One that cannot be started answers the activity
-- with an error; one that nobody waits for answers it at once with its id.
-- Locks, Writes: as run_stretch; the message of the activity (its job is locked or was written
-- here).

create function ratchet_internal.start_child(
  p_now timestamptz, p_effect jsonb, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parent ratchet.jobs;
  v_version ratchet_internal.graph_versions;
  v_graph ratchet_internal.graphs;
  v_draft ratchet_internal.graph_draft;
  v_run ratchet_internal.graph_run;
  v_error jsonb;
begin
  select * into strict v_parent from ratchet.jobs where id = (p_effect -> 'job')::bigint;
  select v.id, v.space, v.version, null, v.deployed_at, v.replaced_at into v_version
  from ratchet_internal.graph_apps a
  join ratchet_internal.graph_versions v on v.id = a.version_id
  where a.space = v_parent.namespace;
  v_graph := ratchet_internal.find_graph(v_version.id, p_effect ->> 'topic');
  v_draft := ratchet_internal.child_draft(p_now, v_parent, v_version, v_graph, p_effect);
  v_error := (v_draft.stop) -> 'error';
  if v_error is null then
    v_run := (ratchet_internal.start_graph(v_draft, p_budget, v_graph)).run;
    if v_run is null then
      v_error := jsonb_build_object('code', 409, 'message',
        'Duplicate job: ' || (v_draft.job).key);
    end if;
  end if;
  if v_error is null and (p_effect -> 'is_awaited')::boolean then return v_run; end if;
  perform ratchet_internal.settle_await(p_now, p_effect, v_error, jsonb_build_object(
    'job_id', (v_draft.job).key, 'jc', ratchet_internal.graph_time(p_now),
    'ju', ratchet_internal.graph_time(p_now)));
  return row(coalesce(v_run.steps, 1), v_run.children,
    v_run.jobs || v_parent.id)::ratchet_internal.graph_run;
end $$;
comment on function ratchet_internal.start_child(timestamptz, jsonb, int) is
  'Starts the job that an await activity asks for, or answers the activity with an error.';
