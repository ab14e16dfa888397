-- The graph of a job as a Mermaid flowchart with how far the job is: each activity has the state of
-- its last run, or is open while one of its runs is; and how often it ran, where it was more than
-- once. While the job runs it is the graph of the active version, then of the one that it started
-- with. What the job has run that the version lacks is not shown. Raises: WF101, WF201.

create function ratchet.graph_job_mermaid(p_job text, p_app text, p_namespace text default 'hmsh')
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with job as materialized (
    select j, (ratchet_internal.job_version(j)).version as version
    from ratchet_internal.find_job(p_job, ratchet_internal.app_space(p_app, p_namespace)) j),
  found as materialized (
    select r.activity, r.type, count(*) as count, case when bool_or(r.state = 'open') then 'open'
      else (array_agg(r.state order by r.place desc))[1] end as state
    from job cross join lateral ratchet_internal.graph_runs(job.j) r group by r.activity, r.type),
  mark as (
    select a.activity, coalesce(f.state, 'never') as state, coalesce(f.state, 'never entered')
      || case when f.count > 1 then ', ' || f.count || ' passes' else '' end as text
    from job
    join ratchet.graph_activities a
      on a.namespace = p_namespace and a.app = p_app and a.version = job.version
    left join found f on f.activity = a.activity
    where a.graph = (select activity from found where type = 'trigger'))
  select ratchet_internal.graph_chart(p_namespace, p_app, job.version, (
    select coalesce(jsonb_object_agg(activity, jsonb_build_object('state', state, 'text', text)),
      '{}') from mark))
  from job
$$;
comment on function ratchet.graph_job_mermaid(text, text, text) is
  'The graph of a job as a Mermaid flowchart, each activity with its state.';
