-- a.dimension, written like a column: the thread of a step; empty for the main function and for
-- search attributes.

create function ratchet.dimension(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (p_row).kind = 'attribute' then ''
    else split_part((p_row).address, '#', 1) end
$$;
comment on function ratchet.dimension(ratchet.jobs_attributes) is
  'a.dimension: the thread of a step; empty for the main function and for search attributes.';
