-- Whether an activity, as the active version has it, may stand at an address: it exists, and is as
-- deep in its tree as the address says.

create function ratchet_internal.is_at(
  p_activity ratchet_internal.graph_activities, p_address text
) returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(cardinality(p_activity.path)
    = cardinality(string_to_array(p_address, ',')) - 1, false)
$$;
comment on function ratchet_internal.is_at(ratchet_internal.graph_activities, text) is
  'Whether an activity of the active version may stand at an address.';
