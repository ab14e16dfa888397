-- Choosing one of the operands, all of which have been evaluated: conditional.ternary and nullish,
-- logical.and and or, unary.not.

create function ratchet_internal.pipe_choose(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first jsonb := p_args[1];
  v_is_true boolean := ratchet_internal.pipe_is_true(v_first);
begin
  return case p_function
    when 'conditional.ternary' then case when v_is_true then p_args[2] else p_args[3] end
    when 'conditional.nullish' then case
      when v_first is null or v_first in ('null', '{"$": "undefined"}') then p_args[2]
      else v_first end
    when 'logical.and' then case when v_is_true then p_args[2] else v_first end
    when 'logical.or' then case when v_is_true then v_first else p_args[2] end
    else to_jsonb(not v_is_true) end;
end $$;
comment on function ratchet_internal.pipe_choose(text, jsonb[]) is
  'Choosing one of the operands: ternary, nullish, and, or; not.';
