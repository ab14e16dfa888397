-- Looks after signals and waits that nobody has looked at since they were committed. An exchange
-- calls it before it writes waits of its own, so that both sides of every pair are looked at by a
-- transaction that began after they were committed: whichever comes second finds the other.

create function ratchet_internal.deliver_signals(p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
  v_namespaces text[];
begin
  select array_agg(key), array_agg(namespace) into v_keys, v_namespaces
  from (
    (select key, namespace from ratchet_internal.signals where is_new order by id limit 500)
    union
    (select key, namespace from ratchet_internal.messages
      where kind = 'wait' and attempt = 0 order by job_id limit 500)) each;
  if v_keys is not null then
    perform ratchet_internal.match_signals(p_now, v_namespaces, v_keys);
  end if;
end $$;
comment on function ratchet_internal.deliver_signals(timestamptz) is
  'Matches newly committed signals and waits, at most 500 of each.';
