-- One operation on a document of a job, as a step asks for it: search.set, entity.merge. Total: a
-- problem is an answer too, an error as JSON, and leaves the document as it was. What jsonb cannot
-- hold, a document above 16 MiB, and a role that is limited to queues, are such problems.

create function ratchet_internal.change_document(
  p_name text, p_input json, p_document jsonb
) returns ratchet_internal.change
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_change ratchet_internal.change := (p_document, null, 'the value holds U+0000 or half of a '
    || 'surrogate pair');
  v_operation text := split_part(p_name, '.', 2);
  v_code text := 'WF105';
begin
  if ratchet_internal.limited_role() is not null then
    v_code := 'WF701';
    v_change := (p_document, null, 'a role that is limited to queues may not use the data of jobs');
  elsif ratchet_internal.is_readable(p_input) then
    v_code := 'WF305';
    v_change := case when p_name like 'search.%'
      then ratchet_internal.change_search(v_operation, p_input::jsonb, p_document)
      else ratchet_internal.change_entity(v_operation, p_input::jsonb, p_document) end;
  end if;
  if v_change.problem is null and pg_column_size(v_change.document) > 16777216 then
    v_code := 'WF501';
    v_change := (p_document, null, 'the data of the job would be larger than 16 MiB');
  end if;
  if v_change.problem is not null then
    v_change.document := p_document;
    v_change.answer := jsonb_build_object('message', v_change.problem, 'code', v_code, 'detail',
      jsonb_build_object('operation', left(p_name, 100)));
  end if;
  return v_change;
end $$;
comment on function ratchet_internal.change_document(text, json, jsonb) is
  'One operation on the search attributes or the entity of a job; a problem is an answer too.';
