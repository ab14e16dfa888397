-- Refuses a document with all that is wrong with it. Raises: WF106.

create function ratchet_internal.refuse_graph(p_problems jsonb) returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.raise_error('WF106', 'invalid graph',
    jsonb_build_object('problems', p_problems),
    'Correct what the detail lists; nothing was kept.');
end $$;
comment on function ratchet_internal.refuse_graph(jsonb) is
  'Refuses a document with all that is wrong with it: raises WF106.';
