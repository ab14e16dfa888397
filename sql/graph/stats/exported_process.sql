-- The runs of a job's activities as nested keys: those of one address beside the numbers that lead
-- on. Written as text in the order of the tree, in one go: each run closes what the one before had
-- open and it does not share, and opens the rest of its own address.

create function ratchet_internal.exported_process(p_job ratchet.jobs) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with step as materialized (
    select s.*, string_to_array(substr(s.address, 2), ',') collate "C" as path
    from ratchet_internal.exported_steps(p_job) s),
  ordered as (
    select s.path, s.name, row_number() over w as at, coalesce(lag(s.path) over w, '{}') as before,
      jsonb_build_object('output', jsonb_build_object('metadata', s.metadata)
          || case when s.output is null then '{}' else jsonb_build_object('data', s.output) end)
        || case when s.hook is null then '{}'
          else jsonb_build_object('hook', jsonb_build_object('data', s.hook)) end as value
    from step s window w as (order by s.path, s.name)),
  written as (
    select o.at, o.path, repeat('}', cardinality(o.before) - shared.levels)
      || case when o.at > 1 then ',' else '' end
      || coalesce((select string_agg(to_json(each.part) || ':{', '' order by each.level)
        from unnest(o.path[shared.levels + 1:]) with ordinality as each (part, level)), '')
      || to_json(o.name) || ':' || o.value as text
    from ordered o
    cross join lateral (
      select coalesce(min(level) filter (where one is distinct from other) - 1,
        cardinality(o.path))::int
      from unnest(o.path, o.before) with ordinality as each (one, other, level)) shared (levels))
  select coalesce(('{' || string_agg(text, '' order by at)
      || repeat('}', (array_agg(cardinality(path) order by at desc))[1]) || '}')::jsonb, '{}')
    || jsonb_build_object('$' || p_job.workflow, jsonb_build_object(
      'metadata', ratchet_internal.job_metadata(p_job), 'data', coalesce(p_job.context, '{}')))
  from written
$$;
comment on function ratchet_internal.exported_process(ratchet.jobs) is
  'The runs of a job''s activities as nested keys, and the job itself.';
