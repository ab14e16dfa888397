-- One operation on the entity of a job, a JSON document. Total: what cannot be done is a problem in
-- words. Paths are dotted; get without one is the document.

create function ratchet_internal.change_entity(
  p_operation text, p_arguments jsonb, p_document jsonb
) returns ratchet_internal.change
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_path text[] := string_to_array(p_arguments ->> 0, '.');
  v_answer jsonb := v_document #> v_path;
  v_problem text;
begin
  if p_operation in ('set', 'merge') then
    v_problem := case when jsonb_typeof(p_arguments -> 0) is distinct from 'object'
      then 'an entity is an object' end;
    v_document := case when v_problem is not null then v_document
      when p_operation = 'set' then p_arguments -> 0
      else ratchet_internal.merged(v_document, p_arguments -> 0) end;
    v_answer := v_document;
  elsif p_operation = 'get' then
    v_answer := case when v_path is null then v_document else v_answer end;
  elsif coalesce(cardinality(v_path), 0) = 0 then
    v_problem := 'the path is missing';
  elsif p_operation = 'delete' then
    v_document := case when v_answer is null then v_document else v_document #- v_path end;
    v_answer := v_document;
  elsif p_operation <> 'setIfNotExists' or v_answer is null then
    v_answer := case p_operation when 'setIfNotExists' then p_arguments -> 1
      else ratchet_internal.change_value(p_operation, v_answer, p_arguments -> 1) end;
    v_document := ratchet_internal.put_value(v_document, v_path, v_answer);
    v_problem := case
      when v_answer is null then 'the value does not allow it: another kind, or beyond 1e300'
      when v_document is null then 'the path leads through a value that is no object' end;
  end if;
  return (v_document, v_answer, v_problem)::ratchet_internal.change;
end $$;
comment on function ratchet_internal.change_entity(text, jsonb, jsonb) is
  'One operation on the entity of a job: set, merge, get, delete, setIfNotExists, append, prepend,'
  ' remove, increment, toggle.';
