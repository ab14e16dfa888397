-- The message of a worker activity that can be answered, locked: of whichever pass is open beside
-- the one at the address. Locks: the message.

create function ratchet_internal.open_activity(
  p_job bigint, p_space text, p_activity text, p_address text
) returns ratchet_internal.messages
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select m from ratchet_internal.messages m
  where m.job_id = p_job
    and m.position = (select n.position from ratchet_internal.graph_names n
      where n.space = p_space and n.name = p_activity)
    and regexp_replace(m.address, ',[0-9]+$', '') = regexp_replace(p_address, ',[0-9]+$', '')
    and (m.kind in ('activity', 'result') or m.kind = 'wait' and m.key = E'\x1frespond')
  order by length(m.address) desc, m.address desc limit 1 for update
$$;
comment on function ratchet_internal.open_activity(bigint, text, text, text) is
  'The message of a worker activity that can be answered by hand, locked.';
