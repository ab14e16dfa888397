-- Objects made from others: object.set, create, fromEntries, assign, defineProperty,
-- defineProperties. What they are given is not changed.
-- Raises: WF107.

create function ratchet_internal.pipe_object_change(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text := ratchet_internal.pipe_kind(p_args[1]);
  v_target jsonb := case when v_kind in ('undefined', 'null') then '{}' else p_args[1] end;
begin
  case p_function
    when 'object.set' then
      return ratchet_internal.pipe_put(p_function, v_target,
        ratchet_internal.pipe_text(p_args[2]), p_args[3]);
    when 'object.create' then
      v_target := '{}';
      for i in 1..cardinality(p_args) by 2 loop
        v_target := v_target || jsonb_build_object(ratchet_internal.pipe_text(p_args[i]),
          coalesce(p_args[i + 1], '{"$": "undefined"}'));
      end loop;
    when 'object.assign' then
      for i in 2..cardinality(p_args) loop
        v_target := ratchet_internal.pipe_assign(v_target, p_args[i]);
      end loop;
    when 'object.fromEntries' then
      if v_kind <> 'list' or exists (
        select from jsonb_array_elements(p_args[1]) as e (value)
        where ratchet_internal.pipe_kind(value) not in ('list', 'object', 'date')) then
        return ratchet_internal.pipe_fail(p_function, 'the argument is not a list of pairs');
      end if;
      v_target := coalesce((
        select jsonb_object_agg(
          ratchet_internal.pipe_text(ratchet_internal.pipe_member(value, '0')),
          coalesce(ratchet_internal.pipe_member(value, '1'), '{"$": "undefined"}') order by at)
        from jsonb_array_elements(p_args[1]) with ordinality as e (value, at)), '{}');
    else
      if v_kind not in ('object', 'list', 'date') then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not an object');
      end if;
      return ratchet_internal.pipe_define(p_function, v_target,
        case p_function when 'object.defineProperties' then p_args[2]
          else jsonb_build_object(ratchet_internal.pipe_text(p_args[2]),
            coalesce(p_args[3], '{"$": "undefined"}')) end);
  end case;
  return v_target;
end $$;
comment on function ratchet_internal.pipe_object_change(text, jsonb[]) is
  'Objects made from others: set, create, fromEntries, assign, defineProperty.';
