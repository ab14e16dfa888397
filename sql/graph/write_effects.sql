-- Writes what a stretch brings about beside new rows: answers that became errors or are put off,
-- passes of loops, signals, announcements, tasks of people, user data.
-- Locks: the message of a parent that waits. Writes: signals, messages, attributes, escalations.
-- Returns the jobs that may go on because of it.

create function ratchet_internal.write_effects(p_draft ratchet_internal.graph_draft)
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_job ratchet.jobs := p_draft.job;
  v_told jsonb;
  v_jobs bigint[] := '{}';
begin
  if p_draft.later is not null then
    update ratchet_internal.messages set due_at = ratchet_internal.after(p_draft.now, 20)
    where ctid = any (p_draft.later);
  end if;
  if p_draft.changed is not null then
    update ratchet.jobs_attributes a
    set is_failed = c.is_failed, value = c.value, code = c.code, updated_at = p_draft.now
    from unnest(p_draft.changed) c
    where a.job_id = v_job.id and a.address = c.address and a.position = c.position;
  end if;
  if p_draft.passes <> '{}' then
    update ratchet.jobs_attributes a
    set ledger = ratchet_internal.passes_counted(a.ledger, p.value::int)
    from jsonb_each_text(p_draft.passes) p
    where a.job_id = v_job.id and a.address = split_part(p.key, ' ', 1) || ',0'
      and a.position = split_part(p.key, ' ', 2)::int;
  end if;
  if p_draft.signals is not null then
    insert into ratchet_internal.signals (key, namespace, payload, code, sent_at, expires_at)
    select s ->> 'key', v_job.namespace, s -> 'payload', (s -> 'code')::int, p_draft.now,
      ratchet_internal.after(p_draft.now, ratchet_internal.signal_expire(s -> 'payload'))
    from unnest(p_draft.signals) s;
    perform ratchet_internal.wake_route(v_job.namespace, '$graph', '$graph');
  end if;
  if p_draft.fields is not null then
    perform ratchet_internal.write_user_fields(v_job.id, p_draft.now, p_draft.fields);
  end if;
  if p_draft.escalations is not null then
    v_jobs := ratchet_internal.write_tasks(p_draft.now, v_job.id, p_draft.escalations);
  end if;
  foreach v_told in array coalesce(p_draft.announcements, '{}') loop
    perform ratchet_internal.announce_graph(v_job, v_told -> 'metadata',
      nullif(v_told -> 'data', 'null'));
    if v_job.is_awaited then
      v_jobs := v_jobs || ratchet_internal.answer_awaiting(p_draft.now, v_job.id,
        (v_told -> 'code')::int, nullif(v_told -> 'data', 'null'));
    end if;
  end loop;
  return v_jobs;
end $$;
comment on function ratchet_internal.write_effects(ratchet_internal.graph_draft) is
  'Writes what a stretch brings about beside new rows; returns the jobs that may go on.';
