-- Writes what a stretch brings about outside its own rows: signals, announcements, tasks of people.
-- Locks: the message of a parent that waits. Writes: signals, messages, attributes, escalations.

create function ratchet_internal.write_effects(p_draft ratchet_internal.graph_draft)
returns ratchet_internal.graph_draft
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft := p_draft;
  v_job ratchet.jobs := p_draft.job;
  v_told jsonb;
begin
  insert into ratchet_internal.signals (key, namespace, payload, code, sent_at, expires_at)
  select s ->> 'key', v_job.namespace, s -> 'payload', (s -> 'code')::int, p_draft.now,
    ratchet_internal.after(p_draft.now, ratchet_internal.signal_expire(s -> 'payload'))
  from unnest(v_draft.signals) s;
  if v_draft.signals is not null then
    perform ratchet_internal.wake_route(v_job.namespace, '$graph', '$graph');
  end if;
  if v_draft.fields is not null then
    perform ratchet_internal.write_user_fields(v_job.id, p_draft.now, v_draft.fields);
  end if;
  perform ratchet_internal.create_escalations(p_draft.now, array_agg(v_job.id),
    array_agg(e ->> 'address'), array_agg((e -> 'position')::int), array_agg(e ->> 'key'),
    array_agg((e -> 'fields')::json))
  from unnest(v_draft.escalations) e having count(*) > 0;
  foreach v_told in array coalesce(v_draft.announcements, '{}') loop
    perform ratchet_internal.announce_graph(v_job, v_told -> 'metadata',
      nullif(v_told -> 'data', 'null'));
    v_draft.jobs := v_draft.jobs || ratchet_internal.answer_awaiting(p_draft.now, v_job.id,
      (v_told -> 'code')::int, nullif(v_told -> 'data', 'null'));
  end loop;
  v_draft.signals := null;
  v_draft.fields := null;
  v_draft.escalations := null;
  v_draft.announcements := null;
  return v_draft;
end $$;
comment on function ratchet_internal.write_effects(ratchet_internal.graph_draft) is
  'Writes what a stretch brings about outside its own rows.';
