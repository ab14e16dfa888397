-- Whether what a stretch has come to may be written without waiting for a message that somebody
-- else has locked. One that goes on alone (null) may stop its own job as well. A job that is over
-- with nothing else open, and that nobody awaits, has no message that others could hold.
-- Locks: as lock_messages.

create function ratchet_internal.may_go_on(
  p_loaded ratchet_internal.graph_draft, p_draft ratchet_internal.graph_draft
) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_loaded.job;
begin
  return case
    when p_draft.version_id is null then false
    when (p_draft.job).finished_at is not null
      then not v_job.is_awaited and v_job.status = cardinality(p_loaded.items)
    else not v_job.is_awaited or p_draft.announcements is null
  end or ratchet_internal.lock_messages(v_job.id);
end $$;
comment on function ratchet_internal.may_go_on(
  ratchet_internal.graph_draft, ratchet_internal.graph_draft) is
  'Whether what a stretch has come to may be written without waiting for a lock.';
