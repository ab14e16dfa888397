-- Tells whoever subscribes to the graph of a job, or waits for its first word, how it is. For most
-- jobs nobody does, and to ask costs less than to work out what to tell: whoever broadcast would
-- find is among those asked for here.
-- Writes: broadcasts, replies.

create function ratchet_internal.announce_graph(
  p_job ratchet.jobs, p_metadata jsonb, p_data jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_topic constant text := p_job.options ->> 'publishes';
begin
  if exists (
      select from ratchet_internal.subscriptions where namespace = p_job.namespace and is_glob)
    or exists (
      select from ratchet_internal.subscriptions where namespace = p_job.namespace
        and pattern in (v_topic, v_topic || '.' || p_job.key) and not is_glob)
    or exists (
      select from ratchet_internal.replies where job = p_job.key and namespace = p_job.namespace)
  then
    perform ratchet_internal.broadcast(p_job.namespace, v_topic, p_job.key,
      ratchet_internal.take_reply(p_job.namespace, p_job.key),
      jsonb_build_object('data', p_data, 'metadata',
        coalesce(p_metadata, ratchet_internal.job_metadata(p_job)))::json);
  end if;
end $$;
comment on function ratchet_internal.announce_graph(ratchet.jobs, jsonb, jsonb) is
  'Broadcasts the state of a job to those who listen.';
