-- Strict equality: the same kind and the same value. NaN is not itself, and two lists, objects or
-- dates are never the same, however alike: they are compared by identity, which values do not have.

create function ratchet_internal.pipe_is_same(p_a jsonb, p_b jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_a);
  v_number float8;
begin
  if v_kind <> ratchet_internal.pipe_kind(p_b) then return false; end if;
  if v_kind = 'number' then
    v_number := ratchet_internal.pipe_number(p_a);
    return v_number <> 'NaN' and v_number = ratchet_internal.pipe_number(p_b);
  end if;
  return case when v_kind in ('list', 'object', 'date') then false
    when v_kind = 'undefined' then true else p_a = p_b end;
end $$;
comment on function ratchet_internal.pipe_is_same(jsonb, jsonb) is
  'Strict equality of two values.';
