-- How a job of a graph came to where it is, as EXPLAIN would say it: a line about the job, then its
-- runs as a tree, each with state, response code, duration, attempts and, where it is open, what it
-- waits for. Of an activity with many runs the first five, the last five and five open ones are
-- shown, with those that led to them; the last lines say how many are not.
-- Raises: WF101, WF201.

create function ratchet.graph_explain(p_job text, p_app text, p_namespace text default 'hmsh')
returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with job as materialized (
    select j from ratchet_internal.find_job(p_job,
      ratchet_internal.app_space(p_app, p_namespace)) j),
  run as materialized (
    select r.*, count(*) over (partition by r.activity) as count,
      row_number() over (partition by r.activity order by r.place) as number,
      row_number() over (partition by r.activity, r.state order by r.place) as number_in_state
    from job cross join lateral ratchet_internal.graph_runs(job.j) r),
  shown as materialized (
    select distinct r.place[:depth] as place
    from run r cross join lateral generate_series(1, cardinality(r.place)) depth
    where r.number <= 5 or r.number > r.count - 5 or r.state = 'open' and r.number_in_state <= 5),
  line (part, place, text) as (
    select 1, null::bigint[], ratchet_internal.job_text(job.j) from job
    union all
    select 2, r.place, ratchet_internal.run_text(ratchet_internal.now(), cardinality(r.place),
      r.activity, r.type, r.pass, r.state, r.code, r.attempts, r.entered_at, r.answered_at, r.why)
    from run r join shown using (place)
    union all
    select 3, min(r.place), format('(%s of %s runs of %s are not shown)',
      count(*) filter (where shown.place is null), count(*), r.activity)
    from run r left join shown using (place)
    group by r.activity having count(*) > count(shown.place))
  select text from line order by part, place
$$;
comment on function ratchet.graph_explain(text, text, text) is
  'How a job of a graph came to where it is: the tree of its runs, and what it waits for.';
