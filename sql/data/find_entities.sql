-- The jobs with a label (entity) whose documents meet all conditions, newest first. Conditions are
-- an object of top-level fields: {"status": "open", "age": {"$gte": 18}}. The statement is built of
-- literals, so that the indexes of ratchet.entity_index serve it.
-- Raises: WF104.

create function ratchet.find_entities(
  p_entity text, p_conditions jsonb default '{}', p_namespace text default 'durable',
  p_limit bigint default null, p_offset bigint default 0
) returns table (key text, context jsonb, status int)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_where text;
begin
  if jsonb_typeof(p_conditions) is distinct from 'object' or p_limit < 0 or p_offset < 0 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('limit', p_limit, 'offset', p_offset),
      'Conditions are an object by field; limit and offset are not negative.');
  end if;
  select string_agg(' and ' || ratchet_internal.condition(field.key, test.key, test.value), '')
  into v_where
  from jsonb_each(p_conditions) field
  cross join lateral jsonb_each(case
    when jsonb_typeof(field.value) = 'object' and field.value::text like '{"$%' then field.value
    else jsonb_build_object('$eq', field.value) end) test;
  return query execute format('select key::text, coalesce(context, ''{}''), status
    from ratchet.jobs where entity = %L and namespace = %L%s order by id desc limit %s offset %s',
    p_entity, p_namespace, v_where, coalesce(p_limit::text, 'all'), coalesce(p_offset, 0));
end $$;
comment on function ratchet.find_entities(text, jsonb, text, bigint, bigint) is
  'The jobs with a label whose documents meet all conditions on top-level fields, newest first.';
