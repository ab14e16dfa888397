-- date.toString, toDateString, toISOString, toISOXString, toJSON, toLocaleString,
-- toLocaleDateString, toLocaleTimeString. The only locale is en-US in its ordinary form.
-- Raises: WF107.

create function ratchet_internal.pipe_date_write(p_function text, p_args jsonb[]) returns jsonb
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_time float8;
begin
  if p_function = 'date.toISOXString' and not ratchet_internal.pipe_is_true(p_args[1]) then
    v_time := floor(extract(epoch from ratchet_internal.now()) * 1000);
  else
    v_time := ratchet_internal.pipe_date(p_function, p_args[1]);
  end if;
  if p_function like 'date.toLocale%' then
    if coalesce(p_args[2], 'null') not in ('null', '"en-US"', '"en"', '[]', '["en-US"]',
      '{"$": "undefined"}') then
      return ratchet_internal.pipe_fail(p_function, 'the only locale is en-US');
    elsif coalesce(p_args[3], 'null') not in ('null', '{}', '{"timeZone": "UTC"}',
      '{"$": "undefined"}') then
      return ratchet_internal.pipe_fail(p_function, 'there are no options but timeZone UTC');
    end if;
  elsif v_time = 'NaN' then
    if p_function = 'date.toJSON' then return 'null'; end if;
    if p_function in ('date.toISOString', 'date.toISOXString') then
      return ratchet_internal.pipe_fail(p_function, 'the date is invalid');
    end if;
  end if;
  return to_jsonb(ratchet_internal.pipe_date_text(p_function, v_time));
end $$;
comment on function ratchet_internal.pipe_date_write(text, jsonb[]) is 'A date as text.';
