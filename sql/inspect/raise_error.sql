-- Raises an error of the class WF: a constant message, variables as JSON in detail, advice in hint.

create function ratchet_internal.raise_error(
  p_code text, p_message text, p_detail jsonb default null, p_hint text default null
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = p_code, message = p_message,
    detail = coalesce(p_detail::text, ''), hint = coalesce(p_hint, '');
end $$;
comment on function ratchet_internal.raise_error(text, text, jsonb, text) is
  'Raises p_code with a constant message, the variables in detail (JSON) and advice in hint.';
