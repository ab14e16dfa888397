-- The effects of emit and persist: they count only when they are exactly true.

create function ratchet_internal.announcement(p_values jsonb) returns jsonb[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_values -> 'persist' = 'true'
      then array['{"kind": "announce", "code": 200}'::jsonb]
    when p_values -> 'emit' = 'true' then array['{"kind": "announce", "code": 202}'::jsonb] end
$$;
comment on function ratchet_internal.announcement(jsonb) is
  'The effects of emit and persist; null when neither is true.';
