-- Why a task that the caller has locked cannot be resolved; null if it can. With p_claimant (who
-- asserts to have claimed it) two cases more: somebody else's claim that is live, and the
-- claimant's own that has lapsed. A graph reads what it is answered in SQL, which decodes nothing:
-- encoded says that a payload has passed through a codec, so that it is given once more as it was.

create function ratchet_internal.resolve_refusal(
  p_row ratchet.escalations, p_payload json, p_claimant text, p_now timestamptz
) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case when p_row.id is null then 'not-found'
    when p_row.status <> 'pending' then 'already-' || p_row.status
    when p_row.assigned_to = p_claimant and p_row.assigned_until <= p_now then 'claim-expired'
    when p_row.assigned_to <> p_claimant and p_row.assigned_until > p_now
      then 'claimed-by-other'
    when ratchet_internal.is_graph(p_row.address)
      and left(ltrim(p_payload::text, E' \t\r\n'), 4) in ('"/b:', '"/s:') then 'encoded' end
$$;
comment on function ratchet_internal.resolve_refusal(
  ratchet.escalations, json, text, timestamptz) is
  'Why a task cannot be resolved; null if it can.';
