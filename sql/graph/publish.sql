-- Starts a job of the graph that subscribes to a topic, in the caller's transaction, and runs it as
-- far as it goes without workers. Without an app, the only one with an active version that has the
-- topic. Options: entity, search (object of texts), marker (object), pending (seconds: the id is
-- only reserved), trc, spn; expire (seconds it is kept once finished, if its graph does not say),
-- max_cycles (passes of one activity after which it is stopped); reply_to, a subscription that gets
-- the first broadcast of the job if it has no answer yet when this returns; request_id, with which
-- a repetition gives the job again.
-- Locks: the new rows. Writes: jobs, messages, attributes, signals. Wakes: idle workers.
-- Raises: WF101, WF104, WF107, WF206 no graph, WF301 the id is taken, WF501.

create function ratchet.publish(
  p_topic text, p_data json default '{}', p_app text default null, p_options json default null,
  p_namespace text default 'hmsh'
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_begin ratchet_internal.graph_beginning;
  v_draft ratchet_internal.graph_draft;
  v_job ratchet.jobs;
  v_start ratchet_internal.graph_start;
  v_reply text;
  v_may_announce boolean;
begin
  if not ratchet_internal.is_name(p_topic) or octet_length(p_data::text) > 16777216
    or p_options is not null then
    perform ratchet_internal.check_name(p_topic, 'topic'),
      ratchet_internal.check_size(p_data, 'payload'), ratchet_internal.check_publish(p_options);
  end if;
  v_begin := ratchet_internal.find_beginning(p_topic, p_app, p_namespace);
  v_job := ratchet_internal.new_graph_job(v_now, nextval('ratchet.jobs_id_seq'),
    v_begin.version, p_topic, coalesce(p_data, '{}'));
  if p_options is not null then
    v_reply := p_options ->> 'reply_to';
    v_job.entity := p_options ->> 'entity';
    v_job.request_id := (p_options ->> 'request_id')::uuid;
    v_job.options := jsonb_strip_nulls(jsonb_build_object('trc', p_options -> 'trc',
      'spn', p_options -> 'spn', 'ngn', v_reply, 'expire', p_options -> 'expire',
      'max_cycles', p_options -> 'max_cycles'));
  end if;
  v_draft := ratchet_internal.inception(v_job, v_begin.graph,
    case when p_options ->> 'pending' is null then 1000 else 0 end);
  if p_options is not null then
    if p_options ->> 'pending' is not null then
      v_draft := ratchet_internal.reserve_job(v_draft, p_options);
    end if;
    v_draft.fields := nullif(coalesce(v_draft.fields, '{}')
      || ratchet_internal.publish_fields(p_options::jsonb), '{}');
  end if;
  if v_reply is not null then
    v_may_announce := exists (select from ratchet_internal.graph_activities
      where version_id = v_draft.version_id and announce is not null);
    if v_may_announce then
      perform ratchet_internal.expect_reply((v_draft.job).namespace, (v_draft.job).key, v_reply);
    end if;
  end if;
  v_start := ratchet_internal.start_graph(v_draft, 1000, v_begin.graph);
  if v_start is null then
    -- A statement of its own: it sees the job that the one before waited for.
    select * into v_job from ratchet.jobs where key = (v_draft.job).key
      and namespace = (v_draft.job).namespace and request_id = (v_draft.job).request_id;
    if found then return ratchet_internal.job_state(v_job); end if;
    perform ratchet_internal.raise_error('WF301', 'duplicate job', jsonb_build_object(
      'workflow_id', (v_draft.job).key, 'namespace', (v_draft.job).namespace),
      'A job with this id is kept; choose another id, or read that job.');
  end if;
  v_job := v_start.job;
  if (v_start.run).children[1] is not null or (v_start.run).jobs[1] is not null then
    perform ratchet_internal.advance_graphs(v_now, v_start.run);
    select * into v_job from ratchet.jobs where id = (v_draft.job).id;
  end if;
  if v_reply is not null and v_job.status > 0 and not v_may_announce then
    perform ratchet_internal.expect_reply((v_draft.job).namespace, v_job.key, v_reply);
  end if;
  return ratchet_internal.job_state(v_job);
end $$;
comment on function ratchet.publish(text, json, text, json, text) is
  'Starts a job of the graph that subscribes to a topic; returns its id and state after the first '
  'stretch. Options: entity, search, marker, pending and expire (seconds), max_cycles, trc, spn, '
  'reply_to, request_id. Raises WF206 no graph, WF207 no active version, WF301 the id is taken.';
