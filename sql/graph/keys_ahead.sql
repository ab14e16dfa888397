-- What the stretches of jobs begin with and may come to without waiting (graph_activities.ahead),
-- each once.

create function ratchet_internal.keys_ahead(p_drafts ratchet_internal.graph_draft[])
returns bigint[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_draft ratchet_internal.graph_draft;
  v_keys bigint[] := '{}';
begin
  foreach v_draft in array p_drafts loop
    if not v_keys @> v_draft.ahead then v_keys := v_keys || v_draft.ahead; end if;
  end loop;
  return v_keys;
end $$;
comment on function ratchet_internal.keys_ahead(ratchet_internal.graph_draft[]) is
  'What the stretches of jobs begin with and may come to without waiting.';
