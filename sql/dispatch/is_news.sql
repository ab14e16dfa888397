-- Whether an exchange has something to do for others first: a worker whose lease ran out, a signal
-- or a wait that nobody has looked at, a schedule that is due.

create function ratchet_internal.is_news(p_worker bigint, p_now timestamptz) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select exists (
        select from ratchet_internal.workers where expires_at < p_now and id <> p_worker)
      or exists (select from ratchet.schedules where look_at <= p_now)
      or coalesce(ratchet_internal.next_delivery() = 0, false));
end $$;
comment on function ratchet_internal.is_news(bigint, timestamptz) is
  'Whether a worker is to be taken over, a signal or a wait is to be looked at, or a schedule is '
  'due.';
