-- A calculated number as it is stored: whole numbers exactly, fractions to 17 significant digits,
-- as many as a number of JavaScript tells apart, so that a product never grows longer and longer.
-- Null from 1e300 on, which JavaScript could soon not read any more. Inlinable.

create function ratchet_internal.rounded(p_number numeric) returns numeric
language sql immutable parallel safe
return case when abs(p_number) >= 1e300 then null
  when p_number = 0 or scale(p_number) = 0 then trim_scale(p_number)
  else trim_scale(round(p_number, least(greatest(
    16 - floor(log(abs(p_number)))::int, 0), 1000))) end;
comment on function ratchet_internal.rounded(numeric) is
  'A calculated number, fractions to 17 significant digits; null from 1e300 on.';
