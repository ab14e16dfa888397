-- Works out what spares run_plain work: the one value on which it depends what follows, what
-- surrounds the output of an activity, and where what came before is not read any more. Comes after
-- compile_plain, which names $self.
-- Writes: graph_activities.

create function ratchet_internal.compile_shells(p_version bigint) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  update ratchet_internal.graph_activities a
  set follows = case when guarded.only is null then a.follows
      else array[(guarded.only -> 'to')::int] end,
    guard = (guarded.only ->> 'path')::text[],
    guard_value = guarded.only -> 'expected',
    shell = case when a.is_read or a.uses && array['$self', a.name]
      then jsonb_build_object(a.name, case when a.kind = 'trigger'
        then '{"input": {"data": null}, "output": {"data": null}}'::jsonb
        else '{"output": {"data": null}}' end) end,
    forgets = a.reads_late <@ array[a.name]
  from ratchet_internal.graph_activities b
  left join lateral (
    select b.transitions -> 0 as only
    where jsonb_array_length(b.transitions) = 1 and b.transitions -> 0 ? 'path'
      and b.transitions -> 0 -> 'codes' ? '200') guarded on true
  where a.version_id = p_version and a.is_plain
    and b.version_id = p_version and b.position = a.position
$$;
comment on function ratchet_internal.compile_shells(bigint) is
  'Works out what spares run_plain work with the plain activities of a version.';
