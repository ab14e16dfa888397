-- Functions of several numbers: math.atan2, hypot, max, min, pow, random; number.max, min, pow,
-- round.

create function ratchet_internal.pipe_math_many(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := split_part(p_function, '.', 2);
  v_a float8;
  v_b float8;
  v_arg jsonb;
begin
  if v_name in ('max', 'min') then
    v_a := case v_name when 'max' then '-Infinity' else 'Infinity' end;
    foreach v_arg in array p_args loop
      v_b := ratchet_internal.pipe_number(v_arg);
      -- Of the two zeros the negative one is the smaller.
      v_a := case when v_a = 'NaN' or v_b = 'NaN' then 'NaN'
        when v_a = 0 and v_b = 0 then
          case when ((v_b::text = '-0') = (v_name = 'min')) then v_b else v_a end
        when (v_b > v_a) = (v_name = 'max') then v_b else v_a end;
    end loop;
    return ratchet_internal.pipe_from_number(v_a);
  elsif v_name = 'random' then
    return to_jsonb(random());
  elsif v_name = 'hypot' then
    return ratchet_internal.pipe_from_number(ratchet_internal.pipe_hypot(p_args));
  end if;
  v_a := ratchet_internal.pipe_number(p_args[1]);
  if v_name = 'round' then
    return ratchet_internal.pipe_from_number(
      case when v_a = 'NaN' then v_a else ratchet_internal.pipe_round(v_a) end);
  end if;
  v_b := ratchet_internal.pipe_number(p_args[2]);
  return ratchet_internal.pipe_from_number(
    case when v_name = 'pow' then ratchet_internal.pipe_power(v_a, v_b)
      when v_a = 'NaN' or v_b = 'NaN' then 'NaN' else atan2(v_a, v_b) end);
end $$;
comment on function ratchet_internal.pipe_math_many(text, jsonb[]) is
  'Functions of several numbers: atan2, hypot, max, min, pow, random.';
