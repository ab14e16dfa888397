-- What has come for an owner, in the order in which it was written. Rows stay until a later call
-- names them in p_seen: an answer that gets lost is given again. Writes: broadcasts.

create function ratchet.take_broadcasts(
  p_owner text, p_seen bigint[] default '{}', p_limit int default 1000
) returns table (id bigint, subscription text, topic text, job text, payload json)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from ratchet_internal.broadcasts b
  using ratchet_internal.subscriptions s
  where b.id = any (p_seen) and s.id = b.subscription and s.owner = p_owner;
  return query
    select b.id, b.subscription, b.topic, b.job, b.payload
    from ratchet_internal.subscriptions s
    join ratchet_internal.broadcasts b on b.subscription = s.id
    where s.owner = p_owner
    order by b.id limit p_limit;
end $$;
comment on function ratchet.take_broadcasts(text, bigint[], int) is
  'What has come for the subscriptions of an owner; named as seen by a later call, it is dropped.';
