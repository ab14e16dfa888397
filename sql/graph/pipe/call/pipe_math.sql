-- Functions of one number: math.abs to math.trunc. Postgres raises outside of a function's domain
-- and out of range; here that is NaN, infinite or zero, as IEEE has it.

create function ratchet_internal.pipe_math(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := substr(p_function, 6);
  x float8 := ratchet_internal.pipe_number(p_args[1]);
  v_is_infinite boolean := abs(x) = 'Infinity';
begin
  if x = 'NaN' then return '{"$": "NaN"}'; end if;
  if x = 0 and v_name in ('abs', 'cos', 'cosh', 'acos', 'acosh', 'exp', 'log', 'log10', 'log2')
    then x := 0; end if;
  return ratchet_internal.pipe_from_number(case v_name
    when 'abs' then abs(x)
    when 'ceil' then ceil(x)
    when 'floor' then floor(x)
    when 'trunc' then trunc(x)
    when 'round' then ratchet_internal.pipe_round(x)
    when 'sign' then case when x > 0 then 1 when x < 0 then -1 else x end
    when 'fround' then ratchet_internal.pipe_fround(x)
    when 'sqrt' then case when x < 0 then 'NaN' else sqrt(x) end
    when 'cbrt' then cbrt(x)
    when 'sin' then case when v_is_infinite then 'NaN' else sin(x) end
    when 'cos' then case when v_is_infinite then 'NaN' else cos(x) end
    when 'tan' then case when v_is_infinite then 'NaN' else tan(x) end
    when 'asin' then case when abs(x) > 1 then 'NaN' else asin(x) end
    when 'acos' then case when abs(x) > 1 then 'NaN' else acos(x) end
    when 'atan' then atan(x)
    when 'sinh' then sinh(x)
    when 'cosh' then cosh(x)
    when 'tanh' then tanh(x)
    when 'asinh' then asinh(x)
    when 'acosh' then case when x < 1 then 'NaN' else acosh(x) end
    when 'atanh' then case when abs(x) > 1 then 'NaN' else atanh(x) end
    else ratchet_internal.pipe_logarithm(v_name, x) end);
end $$;
comment on function ratchet_internal.pipe_math(text, jsonb[]) is 'Functions of one number.';
