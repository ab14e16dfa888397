-- Drops signals that nobody consumed in time, and of those consumed the ones that no repetition can
-- mean any more, at most p_batch. Skips what others hold. Null namespaces: all. Where one goes that
-- was new, it may have stood for the others of its key (mark_matched), which are looked at again.
-- Locks: the signals. Writes: signals. Returns how many it dropped.

create function ratchet_internal.drop_signals(
  p_now timestamptz, p_namespaces text[], p_batch int
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_dropped record;
begin
  with dropped as (
    delete from ratchet_internal.signals where id = any (array(
      select id from ratchet_internal.signals
      where expires_at < p_now and (p_namespaces is null or namespace = any (p_namespaces))
      order by expires_at limit p_batch for update skip locked))
    returning key, namespace, is_new)
  select count(*) as count, array_agg(key) filter (where is_new) as keys,
    array_agg(namespace) filter (where is_new) as namespaces
  into v_dropped from dropped;
  if v_dropped.keys is not null then
    update ratchet_internal.signals s set is_new = true
    from (
      select distinct on (given.key, given.namespace) left_over.id
      from unnest(v_dropped.keys, v_dropped.namespaces) as given (key, namespace)
      cross join lateral (
        select id from ratchet_internal.signals
        where key = any (array[given.key]) and namespace = given.namespace and not is_consumed
        order by key, id limit 1) left_over) next
    where s.id = any (array[next.id]) and not s.is_new and not s.is_consumed;
  end if;
  return v_dropped.count;
end $$;
comment on function ratchet_internal.drop_signals(timestamptz, text[], int) is
  'Drops signals that nobody consumed in time; returns how many.';
