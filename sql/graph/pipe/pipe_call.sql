-- Calls one function of the mapping language: for people who want to try it, and for tests. Special
-- values are tagged in and out: {"$": "undefined"}, {"$": "NaN"}, {"$": "date", "value": …}.
-- Raises: WF107, WF506.

create function ratchet.pipe_call(fn text, args jsonb default '[]') returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set extra_float_digits = 1
as $$
declare
  v_family text := ratchet_internal.pipe_family(fn);
  v_result jsonb;
begin
  if v_family is null then
    return ratchet_internal.pipe_fail(fn, 'there is no such function');
  elsif jsonb_typeof(args) is distinct from 'array' then
    return ratchet_internal.pipe_fail(fn, 'the arguments are not a list');
  end if;
  v_result := ratchet_internal.pipe_apply(v_family, fn, ratchet_internal.pipe_items(args));
  perform ratchet_internal.pipe_check_size(fn, coalesce(pg_column_size(v_result), 0));
  return coalesce(v_result, '{"$": "undefined"}');
end $$;
comment on function ratchet.pipe_call(text, jsonb) is
  'Calls one function of the mapping language; special values are tagged objects.';
