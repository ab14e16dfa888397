-- The root of the sum of the squares, scaled by the largest so that no square is out of range. An
-- infinite operand wins over one that is not a number.

create function ratchet_internal.pipe_hypot(p_args jsonb[]) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_numbers float8[] := array(
    select abs(ratchet_internal.pipe_number(value)) from unnest(p_args) as a (value));
  v_largest float8;
  v_sum float8 := 0;
  v_share float8;
begin
  if 'Infinity'::float8 = any (v_numbers) then return 'Infinity'; end if;
  if 'NaN'::float8 = any (v_numbers) then return 'NaN'; end if;
  v_largest := (select max(number) from unnest(v_numbers) as n (number));
  if coalesce(v_largest, 0) = 0 then return 0; end if;
  for i in 1..cardinality(v_numbers) loop
    v_share := ratchet_internal.pipe_quotient(v_numbers[i], v_largest);
    v_sum := v_sum + ratchet_internal.pipe_product(v_share, v_share);
  end loop;
  return ratchet_internal.pipe_product(sqrt(v_sum), v_largest);
end $$;
comment on function ratchet_internal.pipe_hypot(jsonb[]) is
  'The root of the sum of the squares of the operands.';
