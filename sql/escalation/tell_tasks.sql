-- Tells who listens to "$task" in the namespace of a job of tasks that changed with it in this
-- transaction: of those of functions only that they have expired, for of the rest the process that
-- made the change tells.
-- Writes: broadcasts, where somebody listens. Wakes: whoever listens.

create function ratchet_internal.tell_tasks(p_tasks uuid[], p_verb text) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from ratchet_internal.subscriptions s
    where s.pattern = '$task' and not s.is_glob)
  then
    return;
  end if;
  perform ratchet_internal.broadcast(j.namespace, '$task', e.workflow_id, null,
    json_build_object('verb', p_verb, 'task', ratchet_internal.escalation_entry(e)))
  from unnest(p_tasks) as given (id)
  join ratchet.escalations e on e.id = any (array[given.id])
  join ratchet.jobs j on j.id = any (array[e.job_id])
  where j.version is not null or p_verb = 'expired';
end $$;
comment on function ratchet_internal.tell_tasks(uuid[], text) is
  'Tells who listens of tasks that changed with their jobs in this transaction.';
