-- Ends subscriptions and drops what was not taken. Unknown ids are ignored.
-- Writes: subscriptions, broadcasts, replies.

create function ratchet.unsubscribe(p_ids text[]) returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  delete from ratchet_internal.subscriptions where id in (
    select id from ratchet_internal.subscriptions
    where id = any (p_ids) order by id for update)
$$;
comment on function ratchet.unsubscribe(text[]) is
  'Ends subscriptions; what was not taken is dropped.';
