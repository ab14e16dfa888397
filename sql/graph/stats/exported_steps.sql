-- Each run of an activity of a job, as exports show it.

create function ratchet_internal.exported_steps(p_job ratchet.jobs)
returns table (
  address text, name text, kind text, input jsonb, output jsonb, hook jsonb, error jsonb,
  metadata jsonb, started_at timestamptz, completed_at timestamptz, attempts int)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select a.address, n.name, a.kind,
    ratchet_internal.readable(case a.kind when 'trigger' then p_job.input
      when 'hook' then null else a.input end)::jsonb,
    ratchet_internal.row_output(a, p_job.input), ratchet_internal.row_hook(a), e.error,
    jsonb_strip_nulls(jsonb_build_object('aid', n.name, 'atp', a.kind, 'dad', a.address,
      'as', a.ledger::text, 'ac', ratchet_internal.graph_time(a.created_at),
      'au', ratchet_internal.graph_time(coalesce(a.updated_at, a.created_at)),
      'err', e.error::text)),
    a.created_at, case when ratchet_internal.is_final(a.ledger)
      then coalesce(a.updated_at, a.created_at) end,
    (a.ledger / 1000000000000 % 100)::int
  from ratchet.jobs_attributes a
  cross join lateral (select ratchet_internal.step_name(a.address, a.field)) n (name)
  cross join lateral (select case when a.is_failed
    then ratchet_internal.readable(a.value::json)::jsonb end) e (error)
  where a.job_id = p_job.id and a.address like ',%'
$$;
comment on function ratchet_internal.exported_steps(ratchet.jobs) is
  'Each run of an activity of a job, as exports show it.';
