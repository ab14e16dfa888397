-- Makes of a job about to start one whose id is only reserved: it has no activities to run, and
-- goes when its time has passed. Its semaphore is -1, as that of no other job.

create function ratchet_internal.reserve_job(
  p_draft ratchet_internal.graph_draft, p_options json
) returns ratchet_internal.graph_draft
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
begin
  v_draft.items := null;
  v_draft.announcements := null;
  v_draft.stop := jsonb_build_object('reserved',
    greatest(ratchet_internal.number_of(p_options, 'pending', 1), 1));
  return v_draft;
end $$;
comment on function ratchet_internal.reserve_job(ratchet_internal.graph_draft, json) is
  'Makes of a job about to start one whose id is only reserved.';
