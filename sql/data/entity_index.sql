-- The statements that make an index for the conditions of find_entities on one field of one label.
-- Only their text, because an index that is built beside running work (concurrently) cannot be
-- built by a function: psql runs them with \gexec, the driver one builder at a time. gin serves
-- $eq, btree also ranges. What a build that was broken off has left is dropped first.
-- While it exists, each change of a document of the label writes to it; other jobs cost nothing.
-- Raises: WF101, WF104.

create function ratchet.entity_index(p_entity text, p_field text, p_type text default 'gin')
returns setof text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name name;
begin
  perform ratchet_internal.check_name(p_entity, 'entity');
  perform ratchet_internal.check_name(p_field, 'field');
  if p_type is null or p_type not in ('gin', 'btree', 'hash') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'type', 'value', left(p_type, 100)),
      'An index is of type gin, btree or hash.');
  end if;
  v_name := 'jobs_' || p_type || '_' || md5(jsonb_build_array(p_entity, p_field)::text);
  return query
  select format('drop index concurrently if exists ratchet.%I', v_name)
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relname = v_name and c.relnamespace = 'ratchet'::regnamespace and not i.indisvalid;
  return next format('create index concurrently if not exists %I on ratchet.jobs using %s '
    '((context -> %L)) where entity = %L and context is not null',
    v_name, p_type, p_field, p_entity);
end $$;
comment on function ratchet.entity_index(text, text, text) is
  'The statements that make an index for conditions on one field of the entities of one label.';
