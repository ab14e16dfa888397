-- Looks at signals nobody has looked at since they were committed. A key somebody else is matching at this
-- moment is left for the next call. Returns whether any was left.

create function ratchet_internal.deliver_signals(p_now timestamptz) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_namespaces text[];
  v_new bigint;
begin
  if not exists (select from ratchet_internal.signals where is_new) then
    return false;
  end if;
  with fresh as materialized (
    select key, namespace from ratchet_internal.signals where is_new order by id limit 1000),
  each as materialized (select distinct key, namespace from fresh),
  mine as (
    select key, namespace from each
    where pg_try_advisory_xact_lock(1918989411, hashtext(namespace || E'\n' || key)))
  select array_agg(key), array_agg(namespace), (select count(*) from each) - count(*)
  into v_keys, v_namespaces, v_new from mine;
  if v_keys is not null then
    perform ratchet_internal.match_signals(p_now, v_namespaces, v_keys);
  end if;
  return v_new > 0;
end $$;
comment on function ratchet_internal.deliver_signals(timestamptz) is
  'Matches newly committed signals with waits; returns whether some must be looked at again.';
