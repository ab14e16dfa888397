-- Fails what has been lost with its worker as often as it may be tried: an activity after its policy's
-- executions, a function after ten losses without a step in between.
-- Locks: jobs, messages. Writes: jobs, messages, attributes.

create function ratchet_internal.fail_spent(p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_spent record;
begin
  select array_agg(s.job_id) as jobs, array_agg('null'::json) as results,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the workflow function was lost with its worker ' || s.attempt || ' times')) as errors
  into v_spent
  from (select job_id, attempt from ratchet_internal.messages
    where kind = 'turn' and worker_id is null and options is not null and attempt >= 10
    order by job_id for update) s;
  if v_spent.jobs is not null then
    perform ratchet_internal.end_jobs(null, p_now, v_spent.jobs,
      array_fill(null::json, array[cardinality(v_spent.jobs)]), v_spent.errors);
  end if;
  select array_agg(s.job_id) as jobs, array_agg(s.address) as addresses,
    array_agg(s.position) as positions, array_agg(s.attempt) as attempts,
    array_agg(true) as failed,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the activity was lost with its worker in attempt ' || s.attempt)::text) as answers
  into v_spent
  from (select job_id, address, position, attempt from ratchet_internal.messages
    where kind = 'activity' and worker_id is null and attempt > 0
      and not ratchet_internal.is_retried(options, attempt, null)
    order by job_id, address, position for update) s;
  if v_spent.jobs is not null then
    perform ratchet_internal.settle(p_now, v_spent.jobs, v_spent.addresses, v_spent.positions,
      v_spent.attempts, v_spent.failed, v_spent.answers);
  end if;
end $$;
comment on function ratchet_internal.fail_spent(timestamptz) is
  'Fails what was lost with its worker as often as it may be tried.';
