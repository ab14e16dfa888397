-- Text in upper or lower case, by the full rules of Unicode as in JavaScript: ß becomes SS. A
-- server without ICU has to do with the rules of its own collation.

create function ratchet_internal.pipe_change_case(p_text text, p_is_upper boolean) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  if octet_length(p_text) = length(p_text) then
    return case when p_is_upper then upper(p_text collate "C") else lower(p_text collate "C") end;
  end if;
  if exists (select from pg_collation where collname = 'und-x-icu') then
    return case when p_is_upper then upper(p_text collate "und-x-icu")
      else lower(p_text collate "und-x-icu") end;
  end if;
  return case when p_is_upper then upper(p_text collate "default")
    else lower(p_text collate "default") end;
end $$;
comment on function ratchet_internal.pipe_change_case(text, boolean) is
  'Text in upper or lower case.';
