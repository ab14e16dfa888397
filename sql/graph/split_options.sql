-- Tells options without expressions, which are known at once, from the others.

create function ratchet_internal.split_options(
  p_options jsonb, out constants jsonb, out expressions jsonb
) returns record
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_object_agg(key, value) filter (where key = 'measures'
      or value::text !~ E'"\\{|"@pipe"'), '{}'),
    jsonb_object_agg(key, value) filter (where key <> 'measures'
      and value::text ~ E'"\\{|"@pipe"')
  from jsonb_each(p_options)
$$;
comment on function ratchet_internal.split_options(jsonb) is
  'Tells options without expressions from those with.';
