-- Marks signals and waits that found no partner as looked at. When a wait is still there, it is one
-- that the caller could not lock, or had no room for: then the oldest of the signals left over
-- stays new (or is new again), for a later call to look at. In the same way waits stay new while
-- there is a signal. The caller has locked the rows and paired what it could. Writes: signals,
-- messages.

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
  from unnest(p_jobs, p_addresses, p_positions) as w (job_id, address, at)
  cross join lateral (
    select key, namespace from ratchet_internal.messages new
    where new.job_id = w.job_id and new.address = w.address and new.position = w.at
      and new.kind = 'wait' and new.attempt = 0 limit 1) wait
  where m.job_id = any (array[w.job_id]) and m.address = w.address and m.position = w.at
    and (
      select true from (
        select expires_at from ratchet_internal.signals s
        where s.key = wait.key and s.namespace = wait.namespace and not s.is_consumed
        offset 0) left_over
      where expires_at > p_now limit 1) is null;
end $$;
comment on function ratchet_internal.mark_matched(
  timestamptz, bigint[], bigint[], text[], int[]) is
  'Marks signals and waits as looked at, except where a partner could not be locked.';
