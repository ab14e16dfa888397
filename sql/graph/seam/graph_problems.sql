-- Private placement of the validator.

create function ratchet_internal.graph_problems(p_document jsonb, p_app text)
returns table (path text[], activity text, severity text, message text, hint text)
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select null::text[], null, null, null, null where false $$;
comment on function ratchet_internal.graph_problems(jsonb, text) is 'Placement.';
