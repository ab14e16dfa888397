-- a.type, written like a column: udata for search attributes, jmark for steps of the main function,
-- hmark for those of other threads, other for what is neither.

create function ratchet.type(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case (p_row).kind when 'attribute' then 'udata' when 'cancel' then 'other'
    else case when split_part((p_row).address, '#', 1) = '' then 'jmark' else 'hmark' end end
$$;
comment on function ratchet.type(ratchet.jobs_attributes) is
  'a.type: udata, jmark, hmark or other, by what the row is.';
