-- A number that is not negative as one digit, p_digits more and an exponent (as many as it needs
-- when p_digits is null). toPrecision writes it plainly unless the exponent is below -6 or does not
-- fit.

create function ratchet_internal.pipe_scientific(
  p_function text, p_number float8, p_digits int
) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_exact numeric;
  v_exponent int := 0;
  v_digits text;
begin
  if p_digits is null then
    v_exact := ratchet_internal.pipe_number_text(p_number)::numeric;
  else
    v_exact := ratchet_internal.pipe_exact(p_number);
  end if;
  if v_exact = 0 then
    v_digits := repeat('0', 1 + coalesce(p_digits, 0));
  else
    v_digits := replace(v_exact::text, '.', '');
    v_exponent := length(split_part(v_exact::text, '.', 1)) - 1;
    if v_exact < 1 then v_exponent := length(ltrim(v_digits, '0')) - length(v_digits); end if;
    v_digits := trunc(round(
      v_exact * ('1e' || coalesce(p_digits, 17) - v_exponent)::numeric))::text;
    if length(v_digits) > 1 + coalesce(p_digits, 17) then
      v_exponent := v_exponent + 1;
      v_digits := left(v_digits, -1);
    end if;
    if p_digits is null then v_digits := coalesce(nullif(rtrim(v_digits, '0'), ''), '0'); end if;
  end if;
  if p_function = 'number.toPrecision' and v_exponent between -6 and p_digits then
    if v_exponent < 0 then return '0.' || repeat('0', -v_exponent - 1) || v_digits; end if;
    return left(v_digits, v_exponent + 1)
      || case when p_digits > v_exponent then '.' || substr(v_digits, v_exponent + 2)
        else '' end;
  end if;
  return left(v_digits, 1)
    || case when length(v_digits) > 1 then '.' || substr(v_digits, 2) else '' end
    || 'e' || case when v_exponent < 0 then '-' else '+' end || abs(v_exponent);
end $$;
comment on function ratchet_internal.pipe_scientific(text, float8, int) is
  'A number as digits and an exponent, or plainly where toPrecision wants it.';
