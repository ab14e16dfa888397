-- Drops signals that nobody consumed in time, one batch a call. Skips what others hold. Null
-- namespaces: all. Locks: the signals. Writes: signals. Raises: WF104. Returns how many.

create function ratchet.prune_signals(p_namespaces text[] default null, p_batch int default 1000)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.check_prune('0', p_batch);
  return ratchet_internal.drop_signals(ratchet_internal.now(), p_namespaces, p_batch);
end $$;
comment on function ratchet.prune_signals(text[], int) is
  'Drops signals that nobody consumed in time, one batch a call; returns how many.';
