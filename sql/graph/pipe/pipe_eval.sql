-- Evaluates a pipe, given as its rows or as {"@pipe": rows}, over data. Special values are tagged
-- in and out.
-- Raises: WF107, WF506.

create function ratchet.pipe_eval(pipe jsonb, data jsonb default '{}') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return coalesce(ratchet_internal.pipe_value(case
    when jsonb_typeof(pipe) = 'object' and pipe ? '@pipe' then pipe
    else jsonb_build_object('@pipe', pipe) end, data), '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_eval(jsonb, jsonb) is
  'Evaluates a pipe over data; special values are tagged objects.';
