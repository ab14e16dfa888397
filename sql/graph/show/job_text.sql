-- The first line of ratchet.graph_explain: the job as a whole.

create function ratchet_internal.job_text(p_job ratchet.jobs) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select regexp_replace('job ' || p_job.key || ' of topic ' || p_job.workflow
    || coalesce(' (version ' || p_job.version || ')', '') || ': '
    || case when p_job.status > 0 then p_job.status || ' open for '
      when p_job.status = -1 then 'reserved for '
      when p_job.status < 0 then 'stopped after '
      when p_job.error is not null then 'failed after ' else 'done in ' end
    || ratchet_internal.elapsed(p_job.created_at,
      coalesce(p_job.finished_at, ratchet_internal.now()))
    || coalesce('; ' || left(ratchet_internal.readable(p_job.error)::jsonb ->> 'message', 500), ''),
    '[[:cntrl:]]+', ' ', 'g')
$$;
comment on function ratchet_internal.job_text(ratchet.jobs) is
  'The first line of ratchet.graph_explain: the job as a whole.';
