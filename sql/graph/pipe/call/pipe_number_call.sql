-- number.isFinite, isEven, isOdd, isInteger, isNaN, parseFloat, parseInt, toFixed, toExponential,
-- toPrecision; unary.positive and negative.
-- Raises: WF107.

create function ratchet_internal.pipe_number_call(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_is_number boolean := ratchet_internal.pipe_kind(p_args[1]) = 'number';
  v_number float8;
  v_is_finite boolean;
begin
  case p_function
    when 'number.parseFloat' then
      return ratchet_internal.pipe_from_number(
        ratchet_internal.pipe_parse_float(ratchet_internal.pipe_text(p_args[1])));
    when 'number.parseInt' then
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_parse_int(
        ratchet_internal.pipe_text(p_args[1]), ratchet_internal.pipe_int32(p_args[2])));
    when 'unary.positive' then
      return ratchet_internal.pipe_from_number(ratchet_internal.pipe_number(p_args[1]));
    when 'unary.negative' then
      return ratchet_internal.pipe_from_number(-ratchet_internal.pipe_number(p_args[1]));
    else
      v_number := ratchet_internal.pipe_number(p_args[1]);
  end case;
  v_is_finite := v_number not in ('NaN', 'Infinity', '-Infinity');
  case p_function
    when 'number.isFinite' then return to_jsonb(v_is_number and v_is_finite);
    when 'number.isNaN' then return to_jsonb(v_is_number and v_number = 'NaN');
    when 'number.isInteger' then
      return to_jsonb(v_is_number and v_is_finite and trunc(v_number) = v_number);
    when 'number.isEven' then
      return to_jsonb(v_is_finite and ratchet_internal.pipe_is_even(v_number));
    when 'number.isOdd' then
      return to_jsonb(v_is_finite and not ratchet_internal.pipe_is_even(v_number));
    else
      if not v_is_number then
        return ratchet_internal.pipe_fail(p_function, 'the first argument is not a number');
      end if;
      return to_jsonb(ratchet_internal.pipe_digits(p_function, v_number, p_args[2]));
  end case;
end $$;
comment on function ratchet_internal.pipe_number_call(text, jsonb[]) is
  'Asking about, reading and writing numbers.';
