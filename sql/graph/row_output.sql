-- The output that a row of the history stands for: its value, or, for a hook that waited, what was
-- kept as its input; for a trigger the payload of the job. Null when it failed or has none.

create function ratchet_internal.row_output(p_row ratchet.jobs_attributes, p_payload json)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case when p_row.kind = 'trigger' then ratchet_internal.readable(p_payload)::jsonb
    when p_row.kind = 'hook' and p_row.input is not null and p_row.is_failed is not true
      then p_row.input::jsonb
    when not p_row.is_failed and ratchet_internal.is_final(p_row.ledger)
      then ratchet_internal.readable(p_row.value::json)::jsonb end;
end $$;
comment on function ratchet_internal.row_output(ratchet.jobs_attributes, json) is
  'The output that a row of the history stands for.';
