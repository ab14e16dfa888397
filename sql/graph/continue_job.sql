-- Runs the next stretch of a job: goes on with all that has been answered. A job that somebody else
-- has locked, and answers that somebody else looks at, are left for later.
-- Locks: the job and its answers, never waiting; then as run_stretch.

create function ratchet_internal.continue_job(p_now timestamptz, p_job bigint, p_budget int)
returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_version bigint;
  v_items ratchet_internal.graph_item[];
  v_job ratchet.jobs;
begin
  select * into v_job from ratchet.jobs
  where id = p_job and status > 0 and version is not null for no key update skip locked;
  if not found then return null; end if;
  select version_id into v_version from ratchet_internal.graph_apps
  where space = v_job.namespace;
  select array_agg(row(m.address, m.position, null, a, m.options, true)
    ::ratchet_internal.graph_item) into v_items
  from (
    select address, position, options from ratchet_internal.messages
    where job_id = p_job and kind = 'result' and due_at <= p_now and position > 0
    order by due_at, address, position for update skip locked) m
  left join ratchet.jobs_attributes a
    on a.job_id = p_job and a.address = m.address and a.position = m.position;
  if v_items is null then return null; end if;
  -- Earlier stretches may have failed; this one counts from the beginning.
  v_job.attempt := 0;
  v_job.error := null;
  v_draft.now := p_now;
  v_draft.job := v_job;
  v_draft.passes := '{}';
  return ratchet_internal.run_stretch(v_draft, v_version, v_items, p_budget);
end $$;
comment on function ratchet_internal.continue_job(timestamptz, bigint, int) is
  'Runs the next stretch of a job of a graph, as far as the budget goes.';
