-- The path that an expression names when it is nothing but a reference through objects; null for
-- everything else, which is left to the mapping language.

create function ratchet_internal.plain_path(p_expression jsonb) returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select segment.path
  from (select string_to_array(trim('{}' from p_expression #>> '{}'), '.') as path) segment
  where jsonb_typeof(p_expression) = 'string'
    and p_expression #>> '{}'
      ~ E'^\\{(\\$self|\\$job|\\$hook|[A-Za-z_][A-Za-z0-9_-]*)(\\.[^.{}]+)*\\}$'
    and not exists (
      select from unnest(segment.path) as each (name)
      where each.name = 'length' or each.name ~ '^-?[0-9]+$')
$$;
comment on function ratchet_internal.plain_path(jsonb) is
  'The path of an expression that is only a reference through objects; null for any other.';
