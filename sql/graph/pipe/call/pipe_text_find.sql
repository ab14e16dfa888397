-- Looking into a text: string.includes, indexOf, lastIndexOf, startsWith, endsWith, search.
-- Positions count characters. includes, indexOf and lastIndexOf look into lists, too.
-- Raises: WF107.

create function ratchet_internal.pipe_text_find(p_function text, p_args jsonb[]) returns jsonb
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text;
  v_needle text := ratchet_internal.pipe_text(p_args[2]);
  v_length int;
  v_at int;
begin
  if jsonb_typeof(p_args[1]) = 'array'
    and p_function in ('string.includes', 'string.indexOf', 'string.lastIndexOf') then
    return ratchet_internal.pipe_list_find(p_function, p_args);
  elsif jsonb_typeof(p_args[1]) is distinct from 'string' then
    return ratchet_internal.pipe_fail(p_function, 'the first argument is not text');
  end if;
  v_text := p_args[1] #>> '{}';
  v_length := length(v_text);
  if p_function = 'string.search' then
    return to_jsonb(ratchet_internal.pipe_search(v_text,
      case when v_needle = 'undefined' and p_args[2] is null then '' else v_needle end));
  elsif p_function = 'string.lastIndexOf' then
    v_at := case when ratchet_internal.pipe_number(p_args[3]) = 'NaN' then v_length
      else greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), v_length), 0) end;
    v_text := left(v_text, v_at + length(v_needle));
    v_at := strpos(reverse(v_text), reverse(v_needle));
    return to_jsonb(case when v_at = 0 then -1
      else length(v_text) - length(v_needle) - v_at + 1 end);
  elsif p_function = 'string.endsWith' then
    v_at := greatest(least(ratchet_internal.pipe_integer(p_args[3], v_length), v_length), 0);
    return to_jsonb(length(v_needle) <= v_at
      and right(left(v_text, v_at), length(v_needle)) = v_needle);
  end if;
  v_at := greatest(least(ratchet_internal.pipe_integer(p_args[3], 0), v_length), 0);
  if p_function = 'string.startsWith' then
    return to_jsonb(starts_with(substr(v_text, v_at + 1), v_needle));
  end if;
  v_length := strpos(substr(v_text, v_at + 1), v_needle);
  return case when p_function = 'string.includes' then to_jsonb(v_length > 0)
    when v_length = 0 then '-1' else to_jsonb(v_at + v_length - 1) end;
end $$;
comment on function ratchet_internal.pipe_text_find(text, jsonb[]) is
  'Looking into a text: includes, indexOf, lastIndexOf, startsWith, endsWith, search.';
