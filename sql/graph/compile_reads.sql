-- Works out which of its ancestors each activity and all below it read (compile_uses). Then a
-- stretch carries along no more than somebody will read. A cycle goes on with all that is below the
-- activity to which it goes back. From each who reads an output it is handed on to those who carry
-- it along, each time once, as far as the activity that made it: pairs of all activities with all
-- their ancestors would be half the square of their number in a chain.
-- Writes: graph_activities.

create function ratchet_internal.compile_reads(p_version bigint) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Who carries along what an activity reads: the one before it, and the cycles that go back to it.
  v_links jsonb;
begin
  select jsonb_object_agg(position, others) into v_links
  from (
    select position, jsonb_agg(other) as others
    from (
      select position, path[cardinality(path) - 1] as other from ratchet_internal.graph_activities
      where version_id = p_version and cardinality(path) > 1
      union all
      select ancestor, position from ratchet_internal.graph_activities
      where version_id = p_version and kind = 'cycle') link
    group by position) linked;
  with recursive need (position, read, is_late, is_below) as (
    select a.position, a.path[array_position(a.path_names, used.name)],
      used.name = any (a.uses_late), false
    from ratchet_internal.graph_activities a cross join unnest(a.uses) as used (name)
    where a.version_id = p_version and used.name = any (a.path_names)
    union
    select other::int, need.read, true, other::int = need.read
    from need
    cross join lateral jsonb_array_elements(v_links -> need.position::text) other
    where need.read <> need.position),
  read as materialized (
    select need.position, array_agg(distinct above.name) as names,
      array_agg(distinct above.name) filter (where need.is_late) as late_names
    from need
    join ratchet_internal.graph_activities above
      on above.version_id = p_version and above.position = need.read
    group by need.position)
  update ratchet_internal.graph_activities a
  set reads = coalesce(read.names, '{}'), reads_late = coalesce(read.late_names, '{}'),
    is_read = a.position in (select need.read from need where need.is_below)
      or exists (select from ratchet_internal.graphs g where g.version_id = p_version
        and g.position = a.path[1] and strpos(g.expire::text, a.name) > 0),
    is_described = a.path[1] in (select other.path[1] from ratchet_internal.graph_activities other
      where other.version_id = p_version and other.is_described)
  from ratchet_internal.graph_activities b left join read on read.position = b.position
  where a.version_id = p_version
    and b.version_id = p_version and b.position = a.position;
end $$;
comment on function ratchet_internal.compile_reads(bigint) is
  'Works out which of its ancestors each activity, or one below it, reads.';
