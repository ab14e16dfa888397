-- Drops signals that nobody consumed in time, one batch a call. Skips what others hold. Null
-- namespaces: all. Locks: the signals. Writes: signals. Raises: WF104. Returns how many.

create function ratchet.prune_signals(p_namespaces text[] default null, p_batch int default 1000)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_prune('0', p_batch);
  delete from ratchet_internal.signals where id = any (array(
    select id from ratchet_internal.signals
    where expires_at < ratchet_internal.now()
      and (p_namespaces is null or namespace = any (p_namespaces))
    order by expires_at limit p_batch for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.prune_signals(text[], int) is
  'Drops signals that nobody consumed in time, one batch a call; returns how many.';
