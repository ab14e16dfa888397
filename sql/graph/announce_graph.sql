-- Tells whoever subscribes to the graph of a job, or waits for its first word, how it is.
-- Writes: broadcasts, replies.

create function ratchet_internal.announce_graph(
  p_job ratchet.jobs, p_metadata jsonb, p_data jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from ratchet_internal.subscriptions) then
    perform ratchet_internal.broadcast(p_job.namespace, p_job.options ->> 'publishes', p_job.key,
      ratchet_internal.take_reply(p_job.namespace, p_job.key),
      jsonb_build_object('data', p_data, 'metadata',
        coalesce(p_metadata, ratchet_internal.job_metadata(p_job)))::json);
  end if;
end $$;
comment on function ratchet_internal.announce_graph(ratchet.jobs, jsonb, jsonb) is
  'Broadcasts the state of a job to those who listen.';
