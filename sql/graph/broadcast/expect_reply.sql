-- Promises the first broadcast of a job to a subscription. A subscription that has ended meanwhile
-- gets nothing. Writes: replies. Idempotent: the last call for a job counts.

create function ratchet_internal.expect_reply(p_space text, p_job text, p_subscription text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into ratchet_internal.replies (job, namespace, subscription)
  select p_job, p_space, s.id from ratchet_internal.subscriptions s where s.id = p_subscription
  for key share
  on conflict (job, namespace) do update set subscription = excluded.subscription
$$;
comment on function ratchet_internal.expect_reply(text, text, text) is
  'Promises the first broadcast of a job to a subscription.';
