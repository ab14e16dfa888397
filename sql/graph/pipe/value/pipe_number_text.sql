-- A number as JavaScript writes it: the shortest digits that read back as it, plain between 1e-6
-- and 1e21, with an exponent beyond. Postgres leaves out digits that stand for just the middle
-- between two numbers, though they read back as the even one of them. There are such between 2^53
-- and 1e40 only (beyond, the middle has more digits): one digit less, rounded down or up.

create function ratchet_internal.pipe_number_text(p_number float8) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_number::text;
  v_digits text;
  v_point int;
  v_shorter bigint;
begin
  if p_number = 0 then return '0'; end if;
  if strpos(v_text, 'e') = 0 then return v_text; end if;
  v_digits := replace(ltrim(split_part(v_text, 'e', 1), '-'), '.', '');
  v_point := split_part(v_text, 'e', 2)::int + 1;
  if abs(p_number) between 9007199254740992 and 1e40 and length(v_digits) > 1 then
    for v_more in 0..1 loop
      v_shorter := left(v_digits, -1)::bigint + v_more;
      if (v_shorter || 'e' || v_point - length(v_digits) + 1)::numeric::float8 = abs(p_number) then
        v_point := v_point + length(v_shorter::text) - length(v_digits) + 1;
        v_digits := rtrim(v_shorter::text, '0');
        exit;
      end if;
    end loop;
  end if;
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
