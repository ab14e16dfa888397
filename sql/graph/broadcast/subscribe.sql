-- Listens to broadcasts from now on: of a topic, of one job (topic.job), or of all that fit a
-- pattern in which * stands for any characters; without any, only to the replies to this
-- subscription. It lasts for p_lease_seconds: call again well before, it renews. Subscriptions
-- that have ended are removed.
-- Writes: subscriptions. Raises: WF101, WF104. Idempotent: the last call of an id counts.

create function ratchet.subscribe(
  p_id text, p_owner text, p_space text, p_pattern text default null,
  p_is_glob boolean default false, p_lease_seconds int default 60
) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
begin
  perform ratchet_internal.check_name(p_id, 'subscription');
  perform ratchet_internal.check_name(p_owner, 'owner');
  perform ratchet_internal.check_name(p_space, 'namespace');
  perform ratchet_internal.check_name(coalesce(p_pattern, '-'), 'topic');
  if p_lease_seconds is null or p_lease_seconds not between 1 and 3600 then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'lease_seconds', 'value', p_lease_seconds),
      'Give a lease from 1 to 3600 seconds.');
  end if;
  delete from ratchet_internal.subscriptions where id in (
    select id from ratchet_internal.subscriptions
    where expires_at < v_now - interval '1 minute' order by id for update skip locked);
  insert into ratchet_internal.subscriptions (id, owner, namespace, pattern, is_glob, expires_at)
  values (p_id, p_owner, p_space, p_pattern, coalesce(p_is_glob and p_pattern is not null, false),
    v_now + make_interval(secs => p_lease_seconds))
  on conflict (id) do update
  set owner = excluded.owner, namespace = excluded.namespace, pattern = excluded.pattern,
    is_glob = excluded.is_glob, expires_at = excluded.expires_at;
end $$;
comment on function ratchet.subscribe(text, text, text, text, boolean, int) is
  'Listens to the broadcasts of a topic, of one job (topic.job) or of a pattern with *.';
