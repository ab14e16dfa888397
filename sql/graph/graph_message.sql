-- A message that makes an activity of a graph move. It is found by the engine's own route, except
-- where it is an activity for a worker.

create function ratchet_internal.graph_message(
  p_job ratchet.jobs, p_address text, p_position int, p_kind text, p_due timestamptz,
  p_key text default null, p_options json default null, p_queue text default null
) returns ratchet_internal.messages
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message ratchet_internal.messages;
begin
  v_message.job_id := p_job.id;
  v_message.address := p_address;
  v_message.position := p_position;
  v_message.kind := p_kind;
  v_message.due_at := p_due;
  v_message.attempt := 0;
  v_message.namespace := p_job.namespace;
  v_message.queue := coalesce(p_queue, '$graph');
  v_message.workflow := case when p_kind = 'activity' then '' else '$graph' end;
  v_message.key := p_key;
  v_message.options := p_options;
  return v_message;
end $$;
comment on function ratchet_internal.graph_message(
  ratchet.jobs, text, int, text, timestamptz, text, json, text) is
  'A message that makes an activity of a graph move.';
