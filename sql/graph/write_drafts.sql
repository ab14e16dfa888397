-- Writes what stretches have come to, each kind of row in one statement for all of them. A job that
-- is new has its row already. Jobs that are over end with their other branches, in this commit.
-- Locks: messages of the jobs, which are locked; the messages of parents that wait; tasks. Writes:
-- jobs, messages, attributes, signals, escalations. Wakes: idle workers, programs that wait.
-- A plan made while tables are small reads them whole for a hash join, and is kept when they are
-- large: so there are none. What was taken is locked, and still where it was read.
-- Returns the jobs that may go on because of it.

create function ratchet_internal.write_drafts(
  p_now timestamptz, p_drafts ratchet_internal.graph_draft[]
) returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set enable_hashjoin = off
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_taken tid[];
  v_have_attributes boolean := false;
  v_have_messages boolean := false;
  v_are_known boolean := false;
  v_have_ended boolean := false;
  v_are_open boolean := false;
  v_jobs bigint[] := '{}';
begin
  -- A statement costs its start-up even when it writes nothing.
  foreach v_draft in array p_drafts loop
    v_taken := v_taken || v_draft.taken;
    v_have_attributes := v_have_attributes or coalesce(cardinality(v_draft.attributes), 0) > 0;
    v_have_messages := v_have_messages or v_draft.messages is not null;
    v_are_known := v_are_known or not v_draft.is_new;
    if (v_draft.job).finished_at is not null then
      v_have_ended := true;
      v_are_open := v_are_open or not v_draft.is_new or v_draft.messages is not null
        or (v_draft.job).is_awaited;
    end if;
  end loop;
  if v_taken is not null then
    delete from ratchet_internal.messages where ctid = any (v_taken);
  end if;
  if v_have_attributes then
    insert into ratchet.jobs_attributes
    select a.* from unnest(p_drafts) d cross join lateral unnest(d.attributes) a;
  end if;
  if v_have_messages then
    insert into ratchet_internal.messages
    select m.* from unnest(p_drafts) d cross join lateral unnest(d.messages) m;
    perform pg_notify('ratchet', '') where exists (
      select from ratchet_internal.workers w
      join ratchet_internal.worker_routes r on r.worker_id = w.id
      join (select distinct m.queue, m.workflow, m.namespace from unnest(p_drafts) d
        cross join lateral unnest(d.messages) m) wanted
        on wanted.queue = r.queue and wanted.workflow = r.workflow
        and wanted.namespace = r.namespace
      where w.is_idle);
  end if;
  foreach v_draft in array p_drafts loop
    if coalesce(v_draft.signals, v_draft.escalations, v_draft.announcements) is not null
      or v_draft.changed is not null or v_draft.later is not null or v_draft.fields is not null
      or v_draft.passes <> '{}'
    then
      v_jobs := v_jobs || ratchet_internal.write_effects(v_draft);
    end if;
  end loop;
  if v_are_known then
    update ratchet.jobs j set status = n.status, context = n.context, result = n.result,
      error = n.error, finished_at = n.finished_at, updated_at = p_now,
      expire_seconds = n.expire_seconds, attempt = n.attempt
    from unnest(p_drafts) d cross join lateral (select (d.job).*) n
    where not d.is_new and j.id = any (array[n.id]);
  end if;
  if v_are_open then
    v_jobs := v_jobs || ratchet_internal.end_graphs(p_now, p_drafts);
  elsif v_have_ended and exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.announce_drafts(p_drafts);
  end if;
  return v_jobs;
end $$;
comment on function ratchet_internal.write_drafts(timestamptz, ratchet_internal.graph_draft[]) is
  'Writes what stretches have come to; returns the jobs that may go on because of it.';
