-- Whether the answer of an await must wait: one that leaves it open, while its child is locked by
-- somebody else, who may be ending it. Who opens the wait anew holds the child, so that it cannot
-- end unseen; waiting for the lock here could be waiting for somebody who waits for us.
-- Locks: the child (share), never waiting.

create function ratchet_internal.is_blocked(p_item ratchet_internal.graph_item) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_child bigint;
begin
  if (p_item.answer).code is distinct from 202 or (p_item.answer).is_failed then
    return false;
  end if;
  v_child := p_item.options ->> 'child';
  perform from ratchet.jobs where id = v_child for share skip locked;
  return not found and exists (select from ratchet.jobs where id = v_child);
end $$;
comment on function ratchet_internal.is_blocked(ratchet_internal.graph_item) is
  'Whether the answer of an await must wait because the child it comes from is locked.';
