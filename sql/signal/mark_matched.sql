-- Marks signals and waits that found no partner as looked at. When a wait is still there, it is one
-- that the caller could not lock, or had no room for: then the oldest of the signals left over
-- stays new (or is new again), for a later call to look at. In the same way waits stay new while
-- there is a signal, or so many that have expired that one may stand behind them. The caller has
-- locked the rows and paired what it could. Writes: signals, messages.

create function ratchet_internal.mark_matched(
  p_now timestamptz, p_signals bigint[], p_jobs bigint[], p_addresses text[], p_positions int[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- By whole keys, one by one: what is pending or new may be gone through for each otherwise.
  update ratchet_internal.signals s set is_new = l.is_left
  from (
    select id, expires_at > p_now and (
        select true from ratchet_internal.messages m
        where m.key = g.key and m.namespace = g.namespace and m.kind = 'wait' limit 1) is not null
      and id = min(id) filter (where expires_at > p_now) over (partition by key, namespace)
        as is_left
    from unnest(p_signals) as given (signal)
    cross join lateral (
      select * from ratchet_internal.signals where id = given.signal limit 1) g
    where not is_consumed) l
  where s.id = any (array[l.id]) and s.is_new <> l.is_left;
  update ratchet_internal.messages m set attempt = 1
  from (
    select * from (
      select w.key, w.namespace, array_agg(job_id) as jobs, array_agg(address) as addresses,
        array_agg(at) as positions
      from unnest(p_jobs, p_addresses, p_positions) as given (job_id, address, at)
      cross join lateral (
        select key, namespace from ratchet_internal.messages new
        where new.job_id = given.job_id and new.address = given.address
          and new.position = given.at and new.kind = 'wait' and new.attempt = 0 limit 1) w
      group by w.key, w.namespace) each
    where (
      select bool_or(expires_at > p_now) or count(*) > 1000 from (
        select expires_at from ratchet_internal.signals s
        where s.key = each.key and s.namespace = each.namespace and not s.is_consumed
        limit 1001) left_over) is not true
    offset 0) k
  cross join lateral unnest(k.jobs, k.addresses, k.positions) as w (job_id, address, at)
  where m.job_id = any (array[w.job_id]) and m.address = w.address and m.position = w.at;
end $$;
comment on function ratchet_internal.mark_matched(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Marks signals and waits as looked at, except where a partner could not be locked.';
