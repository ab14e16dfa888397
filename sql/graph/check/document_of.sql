-- A document in the form in which it is checked and kept. Raises: WF106 for one with a number that
-- Postgres has no room for.

create function ratchet_internal.document_of(p_document json) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return p_document::jsonb; -- cast here: what a return converts is converted behind the block
exception when numeric_value_out_of_range then
  perform ratchet_internal.refuse_graph(jsonb_build_array(jsonb_build_object('path', '[]'::jsonb,
    'activity', null, 'message', 'a number of the document is too large, or too small',
    'hint', 'Numbers have at most 131072 digits before the point and 16383 after it.')));
end $$;
comment on function ratchet_internal.document_of(json) is
  'A document in the form in which it is kept; raises WF106 for numbers that are out of range.';
