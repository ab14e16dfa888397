-- Answers a worker activity by hand: one whose callback answered that it is not done yet, or that
-- it will be answered like this; also one that no worker has taken. What comes too late (the
-- activity was answered, the job ended, or p_gid is not its generation) changes nothing.
-- Locks: the message. Writes: messages, attributes. Wakes: idle workers. Raises: WF101, WF104,
-- WF207, WF308 when an earlier answer is being worked in at this moment, WF501, WF605.

create function ratchet.respond(
  p_job text, p_activity text, p_dimension text, p_status text, p_code int, p_data json,
  p_app text, p_gid text default null, p_namespace text default 'hmsh'
) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_space text := ratchet_internal.app_space(p_app, p_namespace);
  v_open ratchet_internal.messages;
  v_job bigint;
begin
  perform ratchet_internal.check_isolation();
  perform ratchet_internal.check_size(p_data, 'result');
  perform ratchet_internal.check_response(p_status, p_code);
  select id into v_job from ratchet.jobs where key = p_job and namespace = v_space
    and status > 0 and (p_gid is null or p_gid = id::text);
  for v_at in 1..2 loop
    v_open := ratchet_internal.open_activity(v_job, v_space, p_activity, p_dimension);
    exit when v_open.kind is distinct from 'result';
    perform ratchet_internal.advance_graphs(v_now, row(0, null, array[v_job]));
  end loop;
  if v_open.kind = 'result' and v_open.address is not null then
    perform ratchet_internal.raise_error('WF308', 'activity is busy', jsonb_build_object(
      'workflow_id', p_job, 'activity', p_activity),
      'An earlier answer is being worked in at this moment; repeat the call.');
  elsif v_open.job_id is not null then
    perform ratchet_internal.settle(v_now, array[v_open.job_id], array[v_open.address],
      array[v_open.position], array[v_open.attempt], array[p_status = 'error'],
      array[p_data::text], false, array[p_code]);
  end if;
  return v_job || p_dimension || '-' || p_activity;
end $$;
comment on function ratchet.respond(text, text, text, text, int, json, text, text, text) is
  'Answers a worker activity by hand; what comes too late changes nothing.';
