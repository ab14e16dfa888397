-- Cancels those of the given tasks that are still pending.
-- Locks: the tasks, in id order. Writes: escalations. Tells of them.

create function ratchet_internal.cancel_pending(p_now timestamptz, p_tasks uuid[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tasks uuid[];
begin
  with task as materialized (
    select locked.id
    from (select id from unnest(p_tasks) given (id) order by id) each
    cross join lateral (
      select id, status from ratchet.escalations where id = each.id limit 1 for update) locked
    where locked.status = 'pending'),
  cancelled as (
    update ratchet.escalations e set status = 'cancelled', updated_at = p_now
    where e.id = any (array(select id from task)) returning e.id)
  select array_agg(id) into v_tasks from cancelled;
  if v_tasks is not null then
    perform ratchet_internal.tell_tasks(v_tasks, 'cancelled');
  end if;
end $$;
comment on function ratchet_internal.cancel_pending(timestamptz, uuid[]) is
  'Cancels those of the given tasks that are still pending.';
