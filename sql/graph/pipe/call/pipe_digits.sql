-- A number with so many digits: number.toFixed, toExponential, toPrecision. What is rounded is the
-- exact value of the double, halves away from zero: 1.005 is a little less than that.
-- Raises: WF107.

create function ratchet_internal.pipe_digits(
  p_function text, p_number float8, p_digits jsonb
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_digits float8 := ratchet_internal.pipe_integer(p_digits, 0);
  v_is_given boolean := coalesce(p_digits <> '{"$": "undefined"}', false);
  v_is_finite boolean := p_number not in ('NaN', 'Infinity', '-Infinity');
  v_sign text := case when p_number < 0 then '-' else '' end;
  v_least int := case p_function when 'number.toPrecision' then 1 else 0 end;
begin
  if p_function <> 'number.toFixed' and not v_is_finite
    or p_function = 'number.toPrecision' and not v_is_given then
    return ratchet_internal.pipe_number_text(p_number);
  end if;
  if v_digits not between v_least and 100 and (v_is_given or v_least = 0) then
    perform ratchet_internal.pipe_fail(p_function,
      format('the number of digits is not from %s to 100', v_least));
  end if;
  if p_function = 'number.toFixed' then
    if not v_is_finite or abs(p_number) >= 1e21 then
      return ratchet_internal.pipe_number_text(p_number);
    end if;
    return v_sign || round(ratchet_internal.pipe_exact(abs(p_number)), v_digits::int)::text;
  end if;
  return v_sign || ratchet_internal.pipe_scientific(p_function, abs(p_number),
    case when p_function = 'number.toPrecision' then v_digits - 1
      when v_is_given then v_digits end::int);
end $$;
comment on function ratchet_internal.pipe_digits(text, float8, jsonb) is
  'A number with a given number of digits.';
