-- Removes tasks that ended, those that changed last longer ago than p_older_than; skips what others
-- hold. p_statuses: only these. Returns how many it removed, at most p_limit.
-- Locks: the removed rows. Writes: escalations. Raises: WF103, WF104.

create function ratchet.prune_escalations(
  p_older_than interval, p_statuses text[] default null, p_namespace text default null,
  p_limit int default 10000
) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_count bigint;
begin
  perform ratchet_internal.check_prune(p_older_than, p_limit);
  if not p_statuses <@ array['resolved', 'cancelled', 'expired'] then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'statuses', 'value', p_statuses),
      'Only resolved, cancelled and expired tasks can be removed.');
  end if;
  delete from ratchet.escalations where id = any (array(
    select id from ratchet.escalations
    where status <> 'pending' and updated_at < ratchet_internal.now() - p_older_than
      and (p_statuses is null or status = any (p_statuses))
      and (p_namespace is null or namespace = p_namespace)
    order by updated_at limit p_limit for update skip locked));
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function ratchet.prune_escalations(interval, text[], text, int) is
  'Removes tasks that ended longer ago than an interval; returns how many.';
