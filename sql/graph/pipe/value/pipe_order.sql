-- Whether p_a comes before p_b (-1), after it (1) or neither (0); null when one of them is not a
-- number. Two texts are compared by UTF-16 unit, everything else by number. Bytes are in the order
-- of units unless there are characters above U+FFFF: their units come before U+E000.

create function ratchet_internal.pipe_order(p_a jsonb, p_b jsonb) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_a float8;
  v_b float8;
  v_text_a text collate "C";
  v_text_b text collate "C";
begin
  if jsonb_typeof(p_a) = 'number' and jsonb_typeof(p_b) = 'number' then
    v_a := ratchet_internal.pipe_number(p_a);
    v_b := ratchet_internal.pipe_number(p_b);
    return case when v_a < v_b then -1 when v_a > v_b then 1 else 0 end;
  end if;
  if ratchet_internal.pipe_kind(p_a) in ('text', 'list', 'object')
    and ratchet_internal.pipe_kind(p_b) in ('text', 'list', 'object') then
    v_text_a := ratchet_internal.pipe_text(p_a);
    v_text_b := ratchet_internal.pipe_text(p_b);
    if octet_length(v_text_a) > length(v_text_a) and octet_length(v_text_b) > length(v_text_b)
      and v_text_a || v_text_b ~ E'[\\U00010000-\\U0010FFFF]'
    then
      v_text_a := regexp_replace(v_text_a, E'([\\uE000-\\uFFFF])', E'\U0010FFFF\\1', 'g');
      v_text_b := regexp_replace(v_text_b, E'([\\uE000-\\uFFFF])', E'\U0010FFFF\\1', 'g');
    end if;
    return bttextcmp(v_text_a, v_text_b);
  end if;
  v_a := ratchet_internal.pipe_number(p_a);
  v_b := ratchet_internal.pipe_number(p_b);
  return case when v_a = 'NaN' or v_b = 'NaN' then null
    when v_a < v_b then -1 when v_a > v_b then 1 else 0 end;
end $$;
comment on function ratchet_internal.pipe_order(jsonb, jsonb) is
  'How two values compare: -1, 0, 1, or null when one is not a number.';
