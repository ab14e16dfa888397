-- Follows a path from a value, one own property at a time: lists have positions and length, texts
-- nothing. The first argument is the value, the others are the steps.

create function ratchet_internal.pipe_step(p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value jsonb := p_args[1];
begin
  for i in 2..cardinality(p_args) loop
    if jsonb_typeof(v_value) = 'string' then return null; end if;
    v_value := ratchet_internal.pipe_member(v_value, p_args[i] #>> '{}');
  end loop;
  return v_value;
end $$;
comment on function ratchet_internal.pipe_step(jsonb[]) is 'Follows a path from a value.';
