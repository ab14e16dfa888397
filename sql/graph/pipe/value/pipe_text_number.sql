-- Text as a number: trimmed decimal, exponent, 0x/0o/0b, Infinity; empty text is 0, other text NaN.
-- The size of the exponent is looked at first, because a cast would raise.

create function ratchet_internal.pipe_text_number(p_text text) returns float8
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := ratchet_internal.pipe_trim(p_text, 'both');
  v_parts text[];
  v_exponent float8;
begin
  if v_text = '' then return 0; end if;
  if v_text ~ '^[-+]?Infinity$' then return v_text::float8; end if;
  if v_text ~* '^0[xob][0-9a-f]+$' then
    return ratchet_internal.pipe_digits_number(substr(v_text, 3),
      case lower(substr(v_text, 2, 1) collate "C") when 'x' then 16 when 'o' then 8 else 2 end);
  end if;
  v_parts := regexp_match(v_text,
    E'^[-+]?(?:([0-9]+)\\.?([0-9]*)|\\.([0-9]+))(?:[eE]([-+]?[0-9]+))?$');
  if v_parts is null then return 'NaN'; end if;
  if length(v_text) < 100 and coalesce(length(v_parts[4]), 0) < 3 then
    return v_text::float8;
  end if;
  v_exponent := case when ltrim(v_parts[4], '+-0') = '' then 0
    when length(ltrim(v_parts[4], '+-0')) > 9 then sign(left(v_parts[4], 8)::float8) * 1e9
    else v_parts[4]::float8 end;
  v_exponent := coalesce(v_exponent, 0) + case
    when ltrim(v_parts[1], '0') <> '' then length(ltrim(v_parts[1], '0'))
    else length(ltrim(coalesce(v_parts[3], v_parts[2]), '0'))
      - length(coalesce(v_parts[3], v_parts[2])) end;
  if v_text !~ '^[^eE]*[1-9]' or v_exponent < -330 then
    return case when v_text like '-%' then '-0'::float8 else 0 end;
  end if;
  if v_exponent > 310 then
    return case when v_text like '-%' then '-Infinity'::float8 else 'Infinity' end;
  end if;
  return ratchet_internal.pipe_double(v_text::numeric);
end $$;
comment on function ratchet_internal.pipe_text_number(text) is
  'Text as a number, as JavaScript reads it; NaN when it is not one.';
