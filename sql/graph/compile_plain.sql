-- Works out which activities have nothing out of the way (run_plain), what follows them for sure,
-- and what a stretch may come to after them before it waits. Comes last, when all else is compiled.
-- What leads on from a plain activity reads it under its name, not as $self: then the scope that
-- is carried along is all that it needs.
-- Writes: graph_activities.

create function ratchet_internal.compile_plain(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  with waits as materialized (
    select position from ratchet_internal.graph_activities
    where version_id = p_version
      and (kind in ('worker', 'await') or hook is not null or constants ? 'sleep')),
  step as (
    select below.position as below, own.depth, above.position, own.first - 1 + above.at as level,
      max(own.first - 1 + above.at) filter (where waits.position is not null) over (
        partition by below.position) as waits_at
    from ratchet_internal.graph_activities below
    cross join lateral (select cardinality(below.path) as depth,
      greatest(cardinality(below.path) - 20, 1) as first) own
    cross join lateral unnest(below.path[own.first:]) with ordinality as above (position, at)
    left join waits on waits.position = above.position and own.first - 1 + above.at < own.depth
    where below.version_id = p_version),
  ranked as (
    select step.*, row_number() over (
      partition by position order by depth, below) as rank
    from step where level < depth and coalesce(waits_at, 0) <= level),
  ahead as materialized (
    select position, (p_version << 32 | position) || array_agg(p_version << 32 | below
      order by depth, below) as keys
    from ranked where rank <= 100 group by position)
  update ratchet_internal.graph_activities a
  set is_plain = coalesce(a.kind in ('trigger', 'worker', 'hook') and not a.is_described
      and a.name ~ '^[A-Za-z_][A-Za-z0-9_-]*$' and a.name !~* '^null$'
      and (a.kind = 'trigger' or a.options is null)
      and (a.kind <> 'worker' or ratchet_internal.is_name(a.constants ->> 'topic'))
      and not a.constants ?| array['statusThreshold', 'sleep']
      and a.hook is null and a.announce is null and a.job_shapes is null
      and (a.kind <> 'worker' or a.telemetry is null)
      and (a.input_maps is null or a.input_maps ? 'plain')
      and (a.output_maps is null or a.output_maps ? 'plain')
      and (a.job_maps is null or a.job_maps - '' = '{}' and a.job_maps -> '' ? 'plain')
      and not jsonb_path_exists(a.transitions, '$[*].rule'), false),
    follows = case when not jsonb_path_exists(a.transitions, '$[*] ? (exists(@.path)
        || exists(@.rule))')
      then array(
        select (t -> 'to')::int
        from jsonb_array_elements(a.transitions) with ordinality as each (t, at)
        where not t ? 'codes' or t -> 'codes' ? '200' group by t -> 'to' order by min(at)) end,
    ahead = coalesce(next.keys, array[p_version << 32 | a.position])
  from ratchet_internal.graph_activities b left join ahead next on next.position = b.position
  where a.version_id = p_version
    and b.version_id = p_version and b.position = a.position;
  update ratchet_internal.graph_activities a
  set transitions = coalesce((
      select jsonb_agg(case when t ? 'path' then jsonb_set(t, '{path}',
        to_jsonb(ratchet_internal.path_by_name(t ->> 'path', a.name))) else t end order by at)
      from jsonb_array_elements(a.transitions) with ordinality as each (t, at)), '[]'),
    job_maps = case when a.job_maps ? '' then jsonb_build_object('', a.job_maps -> ''
      || jsonb_strip_nulls(jsonb_build_object(
        'path', ratchet_internal.path_by_name(a.job_maps -> '' ->> 'path', a.name),
        'paths', ratchet_internal.path_by_name(a.job_maps -> '' ->> 'paths', a.name)))) end
  where a.version_id = p_version and a.is_plain
$$;
comment on function ratchet_internal.compile_plain(bigint) is
  'Works out which activities of a version are plain, and what comes after each without waiting.';
