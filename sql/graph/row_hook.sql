-- What a hook that waited was resumed with; null for all other rows.

create function ratchet_internal.row_hook(p_row ratchet.jobs_attributes) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_row.kind = 'hook' and p_row.input is not null and not p_row.is_failed
    then ratchet_internal.readable(p_row.value::json)::jsonb end;
end $$;
comment on function ratchet_internal.row_hook(ratchet.jobs_attributes) is
  'What a hook that waited was resumed with.';
