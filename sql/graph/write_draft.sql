-- Writes what a stretch has come to so far, each kind in one statement, and empties the draft.
-- Locks: messages of the job, which is locked; the message of a parent that waits. Writes:
-- messages, attributes, signals. Wakes: idle workers.

create function ratchet_internal.write_draft(p_draft ratchet_internal.graph_draft)
returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job bigint := (p_draft.job).id;
begin
  if v_draft.taken_addresses is not null then
    delete from ratchet_internal.messages m
    using unnest(v_draft.taken_addresses, v_draft.taken_positions) as t (address, at)
    where m.job_id = v_job and m.address = t.address and m.position = t.at;
  end if;
  if v_draft.attributes is not null then
    insert into ratchet.jobs_attributes select * from unnest(v_draft.attributes);
  end if;
  if v_draft.changed is not null then
    update ratchet.jobs_attributes a
    set is_failed = c.is_failed, value = c.value, code = c.code, updated_at = p_draft.now
    from unnest(v_draft.changed) c
    where a.job_id = v_job and a.address = c.address and a.position = c.position;
  end if;
  if v_draft.passes <> '{}' then
    update ratchet.jobs_attributes a
    set ledger = ratchet_internal.passes_counted(a.ledger, p.value::int)
    from jsonb_each_text(v_draft.passes) p
    where a.job_id = v_job and a.address = split_part(p.key, ' ', 1) || ',0'
      and a.position = split_part(p.key, ' ', 2)::int;
  end if;
  if v_draft.messages is not null then
    insert into ratchet_internal.messages select * from unnest(v_draft.messages);
    perform pg_notify('ratchet', '') where exists (
      select from ratchet_internal.workers w
      join ratchet_internal.worker_routes r on r.worker_id = w.id
      join unnest(v_draft.messages) m on m.queue = r.queue and m.workflow = r.workflow
        and m.namespace = r.namespace
      where w.is_idle);
  end if;
  if coalesce(v_draft.signals, v_draft.escalations, v_draft.announcements) is not null
    or v_draft.fields is not null
  then
    v_draft := ratchet_internal.write_effects(v_draft);
  end if;
  v_draft.taken_addresses := null;
  v_draft.taken_positions := null;
  v_draft.attributes := null;
  v_draft.changed := null;
  v_draft.passes := '{}';
  v_draft.messages := null;
  return v_draft;
end $$;
comment on function ratchet_internal.write_draft(ratchet_internal.graph_draft) is
  'Writes what a stretch has come to so far and empties the draft.';
