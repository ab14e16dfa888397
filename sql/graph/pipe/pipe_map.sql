-- Resolves a map over data: the same shape with values for expressions. Undefined members are left
-- out; special values are tagged in and out.
-- Raises: WF107, WF506.

create function ratchet.pipe_map(maps jsonb, data jsonb default '{}') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(ratchet_internal.map_run(ratchet_internal.pipe_finish(
    ratchet_internal.pipe_emit_map(ratchet_internal.pipe_start(false), maps)), data),
    '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_map(jsonb, jsonb) is
  'Resolves a map over data; special values are tagged objects.';
