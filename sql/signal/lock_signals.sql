-- Serialises matching on each of the given signals until the transaction ends, so that a wait and a signal
-- that are written at the same moment cannot both look before the other is there.
-- Locks: one advisory lock a signal, in the order of the locks' numbers.

create function ratchet_internal.lock_signals(p_namespaces text[], p_keys text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(1918989411, lock.number)
  from (select distinct hashtext(s.namespace || E'\n' || s.key) as number
    from unnest(p_namespaces, p_keys) as s (namespace, key) order by 1) lock;
end $$;
comment on function ratchet_internal.lock_signals(text[], text[]) is
  'Serialises matching on the given signals until the transaction ends.';
