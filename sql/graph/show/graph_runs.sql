-- The runs of a job's activities in the order of their tree: each pass of an activity with all that
-- followed it before the next pass. place is the path to it, a number for each activity on the way
-- (its turn among its siblings, and its pass); what job_version lacks, or has elsewhere,
-- stands directly below the trigger. why is what an open one waits for. A run that has yet to be
-- entered has no row in the history, only a message.

create function ratchet_internal.graph_runs(p_job ratchet.jobs)
returns table (
  place bigint[], activity text, type text, pass int, state text, code int, attempts int,
  entered_at timestamptz, answered_at timestamptz, why text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with activity as materialized (
    select * from ratchet_internal.graph_activities
    where version_id = (select (ratchet_internal.job_version(p_job)).id)),
  turn as materialized (
    select (t.value ->> 'to')::int as position, t.at
    from activity a cross join lateral jsonb_array_elements(a.transitions)
      with ordinality as t (value, at)),
  way as materialized (
    select a.position, a.kind, array(select coalesce(turn.at, 1)
      from unnest(a.path) with ordinality as step (position, depth)
      left join turn on turn.position = step.position order by step.depth) as turns
    from activity a),
  run as (
    select coalesce(a.address, o.address) as address, coalesce(a.position, o.position) as position,
      a.kind, a.ledger, a.is_failed, a.code, a.created_at, coalesce(a.updated_at, a.created_at)
        as updated_at, ratchet_internal.is_final(a.ledger) as is_final,
      (a.ledger / 1000000000000 % 100)::int as attempts, o.attempt, o.why
    from (select * from ratchet.jobs_attributes
      where job_id = p_job.id and ratchet_internal.is_graph(address)) a
    full join (select * from ratchet.open_steps where job_id = p_job.id) o
      on o.address = a.address and o.position = a.position)
  select case when cardinality(way.turns) = cardinality(numbers.list) then array(
      select turn * 1000000 + number from unnest(way.turns, numbers.list)
        with ordinality as u (turn, number, depth) order by depth)
      else array[1000000, 1000000000000 + run.position * 100000::bigint
        + numbers.list[cardinality(numbers.list)]] end,
    n.name, coalesce(run.kind, way.kind), (numbers.list[cardinality(numbers.list)] + 1)::int,
    case when run.is_final and run.is_failed then 'failed'
      when run.is_final and run.attempts = 0 then 'skipped' when run.is_final then 'done'
      when run.why is null then 'stopped' else 'open' end,
    case when run.is_final and run.attempts > 0
      then coalesce(run.code, case when run.is_failed then 500 else 200 end) end,
    greatest(run.attempts, run.attempt), run.created_at,
    case when run.is_final then run.updated_at end, run.why
  from run
  cross join lateral (select string_to_array(substr(run.address, 2), ',')::bigint[]) numbers (list)
  left join way on way.position = run.position
  left join ratchet_internal.graph_names n
    on n.space = p_job.namespace and n.position = run.position
$$;
comment on function ratchet_internal.graph_runs(ratchet.jobs) is
  'The runs of a job''s activities in the order of their tree, with how each of them is.';
