-- Where the routes of a worker begin, as this session remembers it from a look that was slow, until
-- it is time to look from the beginning again; null: look from the beginning.

create function ratchet_internal.slow_look(p_worker bigint) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slow jsonb := nullif(current_setting('ratchet.slow_look', true), '')::jsonb;
begin
  -- Nor does it count if the clock was set back.
  if v_slow ->> 'worker' = p_worker::text and ratchet_internal.now()
    between (v_slow ->> 'looked')::timestamptz and (v_slow ->> 'again')::timestamptz
  then
    return v_slow;
  end if;
  return null;
end $$;
comment on function ratchet_internal.slow_look(bigint) is
  'Where the routes of a worker begin by a slow look of this session; null: from the beginning.';
