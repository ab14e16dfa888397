-- a.symbol, written like a column (a function of a row may be): the field of a search attribute or
-- marker, or what a step called. One of the names that other releases of this API have for columns.

create function ratchet.symbol(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_row).kind in ('attribute', 'marker') then (p_row).field
    else ratchet_internal.step_name((p_row).address, (p_row).field) end
$$;
comment on function ratchet.symbol(ratchet.jobs_attributes) is
  'a.symbol: the field of a search attribute or marker, or what a step called.';
