-- Fails what a lost worker held and has been lost as often as it may be tried: an activity after
-- its policy's executions; a function after ten losses during which it neither recorded a step nor
-- waited for anything. What somebody else has locked is left out: it is run once more.
-- Locks: jobs and messages, skipping what others hold. Writes: jobs, messages, attributes.

create function ratchet_internal.fail_spent(p_worker bigint, p_now timestamptz) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_spent record;
begin
  select array_agg(j.id) as jobs, array_agg(''::text) as addresses,
    array_agg(null::json) as results,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the workflow function was lost with its worker 10 times')) as errors
  into v_spent
  from (
    select id from ratchet.jobs where status > 0 and id = any (array(
      select m.job_id from ratchet_internal.messages m
      where m.worker_id = p_worker and m.kind = 'turn' and m.attempt >= 10
        and ratchet_internal.is_suspect(m)))
    order by id for no key update skip locked) j;
  if v_spent.jobs is not null then
    perform ratchet_internal.end_jobs(null, p_now, v_spent.jobs, v_spent.addresses, v_spent.results,
      v_spent.errors);
  end if;
  select array_agg(s.job_id) as jobs, array_agg(s.address) as addresses,
    array_agg(s.position) as positions, array_agg(s.attempt) as attempts,
    array_agg(true) as failed,
    array_agg(json_build_object('code', 597, 'type', 'DurableMaxedError', 'message',
      'the activity was lost with its worker in attempt ' || s.attempt)::text) as answers
  into v_spent
  from (select job_id, address, position, attempt from ratchet_internal.messages m
    where worker_id = p_worker and kind = 'activity'
      and case when ratchet_internal.is_graph(m.address) then ratchet_internal.graph_retry((
          select w.retry from ratchet_internal.worker_routes w where w.worker_id = p_worker
            and w.queue = m.queue and w.workflow = '' and w.namespace = m.namespace),
          null, attempt, null, true) is null
        else not ratchet_internal.is_retried(options, attempt, null) end
    order by job_id + 0, address, position for update skip locked) s;
  if v_spent.jobs is not null then
    perform ratchet_internal.settle(p_now, v_spent.jobs, v_spent.addresses, v_spent.positions,
      v_spent.attempts, v_spent.failed, v_spent.answers, true);
  end if;
end $$;
comment on function ratchet_internal.fail_spent(bigint, timestamptz) is
  'Fails what a lost worker held and has been lost as often as it may be tried.';
