-- The signals that an activity sends to all: one for each job that is listed under key_name and
-- key_value in the time that its resolver says. Each gets the payload with its own id. With scrub
-- the first effect is what takes them off the list (run_any). Writes nothing. Raises: WF107.

create function ratchet_internal.signals_to_all(
  p_job ratchet.jobs, p_version bigint, p_options jsonb, p_payload jsonb
) returns jsonb[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_topic text := p_options ->> 'topic';
  v_graph text := ratchet_internal.hooked_topic(p_version, v_topic);
  v_keys text[];
  v_jobs text[];
  v_unlist jsonb[] := '{}';
begin
  perform ratchet_internal.check_expression(v_graph is not null, 'topic',
    'no hook rule has this topic');
  begin
    select array_agg(distinct i.bucket || ':' || i.facet), array_agg(distinct id)
    into v_keys, v_jobs
    from ratchet_internal.indexed_jobs(v_graph, coalesce(p_options -> 'resolver', '{}'),
      array[(p_options ->> 'key_name') || ':' || (p_options ->> 'key_value')],
      p_job.queue, split_part(p_job.namespace, ':', 1)) i
    cross join lateral unnest(i.ids) id;
  exception when sqlstate 'WF104' then
    perform ratchet_internal.check_expression(false, 'resolver',
      'it needs two of start, end and range, as times and as 30m, 1h or 7d');
  end;
  if v_jobs is null then return null; end if;
  if p_options -> 'scrub' = 'true' then
    v_unlist := array[jsonb_build_object('kind', 'unlist', 'topic', v_graph, 'keys', v_keys,
      'jobs', v_jobs)];
  end if;
  return v_unlist || (
    select array_agg(jsonb_build_object('kind', 'signal', 'payload', each.payload, 'code', 200,
      'key', ratchet_internal.signal_key(p_version, v_topic, each.payload)))
    from (select p_payload || jsonb_build_object('id', id) from unnest(v_jobs) id)
      each (payload)
    where ratchet_internal.signal_key(p_version, v_topic, each.payload) is not null);
end $$;
comment on function ratchet_internal.signals_to_all(ratchet.jobs, bigint, jsonb, jsonb) is
  'The signals that an activity sends to all the jobs that are listed.';
