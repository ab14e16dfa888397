-- The statement that makes an index for the conditions of find_entities on one field of one label.
-- Only the text, because an index that is built beside running work (concurrently) cannot be built
-- by a function: psql runs it with \gexec, the driver sends it. gin serves $eq, btree also ranges.
-- While it exists, each change of a document writes to it; jobs without a document cost nothing.
-- Raises: WF101, WF104.

create function ratchet.entity_index(p_entity text, p_field text, p_type text default 'gin')
returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_name(p_entity, 'entity');
  perform ratchet_internal.check_name(p_field, 'field');
  if p_type is null or p_type not in ('gin', 'btree', 'hash') then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'type', 'value', left(p_type, 100)),
      'An index is of type gin, btree or hash.');
  end if;
  return format('create index concurrently if not exists %I on ratchet.jobs using %s '
    '((context -> %L)) where entity = %L and context is not null',
    'jobs_' || p_type || '_' || md5(jsonb_build_array(p_entity, p_field)::text), p_type, p_field,
    p_entity);
end $$;
comment on function ratchet.entity_index(text, text, text) is
  'The statement that makes an index for conditions on one field of the entities of one label.';
