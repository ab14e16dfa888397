-- Writes a broadcast to all who listen to it now: to its topic, to topic.job, to a pattern that
-- fits either; and to the subscription p_reply, which was promised it. Rows of owners that have
-- fallen silent are not written. The share of the lock on a subscription keeps it from vanishing
-- under its new row.
-- Locks: subscriptions (key share). Writes: broadcasts. Wakes: whoever listens.

create function ratchet_internal.broadcast(
  p_space text, p_topic text, p_job text, p_reply text, p_payload json
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := ratchet_internal.now();
  v_channel text := p_topic || '.' || p_job;
begin
  insert into ratchet_internal.broadcasts (subscription, topic, job, payload)
  select s.id, p_topic, p_job, p_payload
  from ratchet_internal.subscriptions s
  where s.expires_at > v_now and s.id in (
    select p_reply
    union
    select e.id from ratchet_internal.subscriptions e
    where not e.is_glob and e.namespace = p_space and e.pattern in (p_topic, v_channel)
    union
    select g.id from ratchet_internal.subscriptions g
    cross join lateral (
      select replace(regexp_replace(g.pattern, E'([\\\\%_])', E'\\\\\\1', 'g'), '*', '%')) l (fits)
    where g.is_glob and g.namespace = p_space and (p_topic like l.fits or v_channel like l.fits)
      and (p_topic !~ '^[$]' or g.pattern ~ '^[$]'))
  order by s.id for key share skip locked;
  if found then
    perform pg_notify('ratchet_broadcasts', '');
  end if;
end $$;
comment on function ratchet_internal.broadcast(text, text, text, text, json) is
  'Writes a broadcast of a job to all who listen to it; nothing where nobody does.';
