-- Where a regular expression first matches a text, or -1. Only where matters, so the differences of
-- the two dialects in what a match takes do not; the others are translated. Words are made of
-- ASCII, as in JavaScript, whatever the locale of the database.
-- Raises: WF107, WF506.

create function ratchet_internal.pipe_search(p_text text, p_pattern text) returns int
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.pipe_check_size('string.search', length(p_pattern), 1000);
  return regexp_instr(p_text collate "C", ratchet_internal.pipe_pattern(p_pattern)) - 1;
exception
  when invalid_regular_expression then
    perform ratchet_internal.pipe_fail('string.search', 'the pattern is not a regular expression');
end $$;
comment on function ratchet_internal.pipe_search(text, text) is
  'Where a regular expression first matches a text, or -1.';
