-- What the stretches of jobs begin with and may come to without waiting (graph_activities.ahead),
-- read at once. The keys to find them by are version and position in one number.

create function ratchet_internal.known_activities(
  p_drafts ratchet_internal.graph_draft[]
) returns ratchet_internal.graph_known
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known ratchet_internal.graph_known;
  v_draft ratchet_internal.graph_draft;
  v_keys bigint[] := '{}';
begin
  foreach v_draft in array p_drafts loop
    if not v_keys @> v_draft.ahead then v_keys := v_keys || v_draft.ahead; end if;
  end loop;
  select array_agg(each.key), array_agg(a) into v_known.keys, v_known.activities
  from unnest(v_keys) as each (key)
  join ratchet_internal.graph_activities a
    on a.version_id = any (array[each.key >> 32]) and a.position = (each.key & 4294967295)::int;
  return v_known;
end $$;
comment on function ratchet_internal.known_activities(ratchet_internal.graph_draft[]) is
  'The activities that the stretches of jobs begin with and may come to, with keys.';
