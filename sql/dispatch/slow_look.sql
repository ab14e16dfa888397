-- What this session remembers of looks that were slow; null: nothing, so look from the beginning.
create function ratchet_internal.slow_look() returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slow jsonb := nullif(current_setting('ratchet.slow_look', true), '')::jsonb;
begin
  -- It does not count if the clock was set back.
  if (v_slow ->> 'at')::timestamptz <= ratchet_internal.now() then
    return v_slow;
  end if;
  return null;
end $$;
comment on function ratchet_internal.slow_look() is
  'What this session remembers of slow looks; null: look from the beginning.';
