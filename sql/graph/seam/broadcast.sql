-- Private placement of broadcasts.

create function ratchet_internal.broadcast(
  p_space text, p_topic text, p_job text, p_payload json
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select null::void $$;
comment on function ratchet_internal.broadcast(text, text, text, json) is 'Placement.';
