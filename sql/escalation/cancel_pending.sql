-- Cancels those of the given tasks that are still pending.
-- Locks: the tasks, in id order. Writes: escalations.

create function ratchet_internal.cancel_pending(p_now timestamptz, p_tasks uuid[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  with task as materialized (
    select locked.id
    from (select id from unnest(p_tasks) given (id) order by id) each
    cross join lateral (
      select id, status from ratchet.escalations where id = each.id limit 1 for update) locked
    where locked.status = 'pending')
  update ratchet.escalations e set status = 'cancelled', updated_at = p_now
  where e.id = any (array(select id from task));
end $$;
comment on function ratchet_internal.cancel_pending(timestamptz, uuid[]) is
  'Cancels those of the given tasks that are still pending.';
