-- Loose equality: null equals undefined and nothing else; booleans become numbers, text that meets
-- a number becomes one, a list, object or date that meets a scalar becomes text.

create function ratchet_internal.pipe_is_equal(p_a jsonb, p_b jsonb) returns boolean
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a text := ratchet_internal.pipe_kind(p_a);
  v_b text := ratchet_internal.pipe_kind(p_b);
begin
  if v_a = v_b then return ratchet_internal.pipe_is_same(p_a, p_b); end if;
  if v_a in ('null', 'undefined') or v_b in ('null', 'undefined') then
    return v_a in ('null', 'undefined') and v_b in ('null', 'undefined');
  end if;
  if v_a in ('list', 'object', 'date') and v_b in ('list', 'object', 'date') then
    return false;
  end if;
  if v_a in ('list', 'object', 'date') then
    return ratchet_internal.pipe_is_equal(to_jsonb(ratchet_internal.pipe_text(p_a)), p_b);
  end if;
  if v_b in ('list', 'object', 'date') then
    return ratchet_internal.pipe_is_equal(p_a, to_jsonb(ratchet_internal.pipe_text(p_b)));
  end if;
  return ratchet_internal.pipe_is_same(
    ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_a)),
    ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_b)));
end $$;
comment on function ratchet_internal.pipe_is_equal(jsonb, jsonb) is
  'Loose equality of two values.';
