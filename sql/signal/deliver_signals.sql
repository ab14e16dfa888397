-- Looks after signals and waits that nobody has looked at since they were committed, at most 500 of
-- each. An exchange calls it before it writes waits of its own, so that both sides of every pair
-- are looked at by a transaction that began after they were committed: whichever comes second finds
-- the other. What somebody else has locked is left for later, and those behind it are taken.
-- Locks: signals and the waits' messages, never waiting. Writes: as match_signals.

create function ratchet_internal.deliver_signals(p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_new record;
begin
  with signal as materialized (
    select id, key, namespace from ratchet_internal.signals where is_new
    order by id limit 500 for update skip locked),
  wait as materialized (
    select job_id, address, position, key, namespace from ratchet_internal.messages
    where kind = 'wait' and attempt = 0 order by job_id limit 500 for update skip locked)
  select k.*, s.*, w.* into v_new
  from (select array_agg(key) as keys, array_agg(namespace) as namespaces from (
    select key, namespace from signal union select key, namespace from wait) each) k
  cross join (select array_agg(id) as signals from signal) s
  cross join (select array_agg(job_id) as jobs, array_agg(address) as addresses,
    array_agg(position) as positions from wait) w;
  if v_new.keys is not null then
    perform ratchet_internal.match_signals(p_now, v_new.namespaces, v_new.keys, v_new.signals,
      v_new.jobs, v_new.addresses, v_new.positions);
  end if;
end $$;
comment on function ratchet_internal.deliver_signals(timestamptz) is
  'Matches newly committed signals and waits, at most 500 of each.';
