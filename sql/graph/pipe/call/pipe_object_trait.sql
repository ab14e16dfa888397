-- Asking about an object: object.hasOwnProperty, propertyIsEnumerable, isPrototypeOf, isFrozen,
-- isSealed, isExtensible; and freeze, seal, preventExtensions, which leave a value as it is.
-- Raises: WF107.

create function ratchet_internal.pipe_object_trait(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_args[1]);
  v_is_compound boolean := v_kind in ('object', 'list', 'date');
  v_key text;
begin
  case p_function
    when 'object.freeze', 'object.seal', 'object.preventExtensions' then return p_args[1];
    when 'object.isFrozen', 'object.isSealed' then return to_jsonb(not v_is_compound);
    when 'object.isExtensible' then return to_jsonb(v_is_compound);
    when 'object.isPrototypeOf' then
      if v_kind in ('undefined', 'null')
        and ratchet_internal.pipe_kind(p_args[2]) in ('object', 'list', 'date') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      return 'false';
    else
      if v_kind in ('undefined', 'null') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      v_key := ratchet_internal.pipe_text(p_args[2]);
      return to_jsonb(ratchet_internal.pipe_has(p_args[1], v_key)
        and not (p_function = 'object.propertyIsEnumerable' and v_key = 'length'
          and v_kind <> 'object'));
  end case;
end $$;
comment on function ratchet_internal.pipe_object_trait(text, jsonb[]) is
  'Asking about an object: which keys it owns, whether it may be changed.';
