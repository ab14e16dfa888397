-- A number as JavaScript writes it: the same shortest digits as Postgres, plain between 1e-6 and
-- 1e21, with an exponent beyond.

create function ratchet_internal.pipe_number_text(p_number float8) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_number::text;
  v_digits text;
  v_point int;
begin
  if p_number = 0 then return '0'; end if;
  if strpos(v_text, 'e') = 0 then return v_text; end if;
  v_digits := replace(ltrim(split_part(v_text, 'e', 1), '-'), '.', '');
  v_point := split_part(v_text, 'e', 2)::int + 1;
  return case when p_number < 0 then '-' else '' end || case
    when v_point between 1 and 21 then
      case when length(v_digits) <= v_point then rpad(v_digits, v_point, '0')
        else left(v_digits, v_point) || '.' || substr(v_digits, v_point + 1) end
    when v_point between -5 and 0 then '0.' || repeat('0', -v_point) || v_digits
    else left(v_digits, 1)
      || case when length(v_digits) > 1 then '.' || substr(v_digits, 2) else '' end
      || 'e' || case when v_point > 0 then '+' else '-' end || abs(v_point - 1) end;
end $$;
comment on function ratchet_internal.pipe_number_text(float8) is
  'A number as JavaScript writes it.';
