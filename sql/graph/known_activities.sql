-- Activities that are needed together, read at once. The keys to find them by are version and
-- position in one number.

create function ratchet_internal.known_activities(p_keys bigint[])
returns ratchet_internal.graph_known
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known ratchet_internal.graph_known;
begin
  select array_agg(each.key), array_agg(a) into v_known.keys, v_known.activities
  from unnest(p_keys) as each (key)
  join ratchet_internal.graph_activities a
    on a.version_id = any (array[each.key >> 32]) and a.position = (each.key & 4294967295)::int;
  return v_known;
end $$;
comment on function ratchet_internal.known_activities(bigint[]) is
  'Activities with keys to find them by.';
