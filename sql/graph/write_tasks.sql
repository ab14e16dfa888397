-- Writes what a stretch makes of the tasks of its job: those of hooks that begin to wait, and those
-- of hooks that wait in a further pass (moved_to), whose tasks go there with them. A task that was
-- ended after its hook had been answered and before this found no wait: it answers the new one.
-- The caller has inserted the messages. Locks: tasks that move. Writes: escalations, messages,
-- attributes. Returns the job when it may go on because of it.

create function ratchet_internal.write_tasks(p_now timestamptz, p_job bigint, p_tasks jsonb[])
returns bigint[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_task jsonb;
  v_moved ratchet.escalations;
  v_jobs bigint[] := '{}';
begin
  foreach v_task in array p_tasks loop
    continue when not v_task ? 'moved_to';
    update ratchet.escalations set address = v_task ->> 'moved_to'
    where job_id = p_job and address = v_task ->> 'address'
      and position = (v_task -> 'position')::int
    returning * into v_moved;
    continue when v_moved.status is null or v_moved.status not in ('resolved', 'cancelled');
    perform ratchet_internal.settle(p_now, array[p_job], array[v_moved.address],
      array[v_moved.position], array[0], array[false], array[v_moved.resolver_payload::text],
      false, array[200]);
    v_jobs := array[p_job];
  end loop;
  perform ratchet_internal.create_escalations(p_now, array_agg(p_job),
    array_agg(e ->> 'address'), array_agg((e -> 'position')::int), array_agg(e ->> 'key'),
    array_agg((e -> 'fields')::json))
  from unnest(p_tasks) e where not e ? 'moved_to' having count(*) > 0;
  perform ratchet_internal.tell_tasks(array_agg(t.id), 'created')
  from unnest(p_tasks) e
  join ratchet.escalations t on t.job_id = p_job and t.address = e ->> 'address'
    and t.position = (e -> 'position')::int
  where not e ? 'moved_to' having count(*) > 0;
  return v_jobs;
end $$;
comment on function ratchet_internal.write_tasks(timestamptz, bigint, jsonb[]) is
  'Writes what a stretch makes of the tasks of its job: new ones, and those that go along.';
