-- a.type, written like a column: udata for search attributes, jmark for steps of the main function,
-- hmark for those of other threads, other for what is neither.

create function ratchet.type(p_row ratchet.jobs_attributes) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case (p_row).kind when 'attribute' then 'udata' when 'cancel' then 'other'
    when 'patch' then 'other' when 'marker' then 'other'
    else case when ratchet_internal.is_hook((p_row).address) then 'hmark' else 'jmark' end end
$$;
comment on function ratchet.type(ratchet.jobs_attributes) is
  'a.type: udata, jmark, hmark or other, by what the row is.';
