-- Stops another job of the app, as an activity asks for. One that is locked, or of which a message
-- is, is not waited for: the result has no attribute then, and the activity is entered again later.
-- One that is unknown or has ended is noted, and the flow goes on. It is kept as long as the
-- activity says, else as the graph of the activity does.
-- Locks: the other job and its messages, never waiting. Writes: all that stop_graph does.

create function ratchet_internal.interrupt_other(
  p_draft ratchet_internal.graph_draft, p_out ratchet_internal.graph_outcome
) returns ratchet_internal.graph_outcome
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
  v_stop jsonb := p_out.effects[1];
  v_job ratchet.jobs;
begin
  select * into v_job from ratchet.jobs
  where key = v_stop ->> 'target' and namespace = (p_draft.job).namespace
    and version is not null for update skip locked;
  if found and not ratchet_internal.lock_messages(v_job.id)
    or v_job.id is null and exists (select from ratchet.jobs where key = v_stop ->> 'target'
      and namespace = (p_draft.job).namespace and status > 0)
  then
    v_out.attribute := null;
    return v_out;
  end if;
  if v_job.id is not null and ratchet_internal.expire_of(v_stop -> 'expire') is null then
    v_stop := v_stop || jsonb_build_object('expire', ratchet_internal.graph_expire(
      p_draft.job, p_draft.version_id, p_draft.root, p_out.scope));
  end if;
  v_out.attribute.input := ((p_out.attribute).input::jsonb || jsonb_build_object('is_interrupted',
    v_job.id is not null and ratchet_internal.stop_graph(p_draft.now, v_job, v_stop)))::json;
  v_out.effects := v_out.effects[2:];
  return v_out;
end $$;
comment on function ratchet_internal.interrupt_other(
  ratchet_internal.graph_draft, ratchet_internal.graph_outcome) is
  'Stops another job of the app, as an activity asks for.';
