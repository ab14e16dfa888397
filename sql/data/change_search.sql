-- One operation on the search attributes of a job, an object of texts. Total: what cannot be done
-- is a problem in words. Absent attributes read as '', count as 0 in a sum and as 1 in a product.

create function ratchet_internal.change_search(
  p_operation text, p_arguments jsonb, p_document jsonb
) returns ratchet_internal.change
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_document jsonb := coalesce(p_document, '{}');
  v_name text := p_arguments ->> 0;
  v_by numeric := ratchet_internal.decimal_of(p_arguments ->> 1);
  v_old numeric;
  v_answer jsonb;
  v_problem text;
begin
  if p_operation = 'set' and jsonb_typeof(p_arguments -> 0) = 'object' then
    v_document := v_document || (p_arguments -> 0);
    select to_jsonb(count(*)) into v_answer from jsonb_object_keys(p_arguments -> 0);
  elsif p_operation = 'get' then
    v_answer := to_jsonb(coalesce(v_document ->> v_name, ''));
  elsif p_operation = 'mget' then
    select coalesce(jsonb_agg(coalesce(v_document ->> name, '') order by at), '[]') into v_answer
    from jsonb_array_elements_text(p_arguments) with ordinality as given (name, at);
  elsif p_operation = 'del' then
    select to_jsonb(count(distinct name)) into v_answer
    from jsonb_array_elements_text(p_arguments) as name where v_document ? name;
    v_document := v_document - array(select jsonb_array_elements_text(p_arguments));
  elsif p_operation in ('incr', 'mult') and v_name is not null and v_by is not null then
    v_old := case when v_document ? v_name
      then ratchet_internal.decimal_of(v_document ->> v_name)
      when p_operation = 'mult' then 1 else 0 end;
    v_answer := to_jsonb(ratchet_internal.rounded(
      case p_operation when 'incr' then v_old + v_by else v_old * v_by end));
    v_problem := case when v_old is null then 'the attribute is not a number'
      when v_answer is null then 'the number would be 1e300 or larger' end;
    v_document := v_document || jsonb_build_object(v_name, v_answer #>> '{}');
  else
    v_problem := 'there is no such operation on search attributes';
  end if;
  return (v_document, v_answer, v_problem)::ratchet_internal.change;
end $$;
comment on function ratchet_internal.change_search(text, jsonb, jsonb) is
  'One operation on the search attributes of a job: set, get, mget, del, incr, mult.';
