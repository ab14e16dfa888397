-- Reports of activities: a success, or a failure that is not to be retried, answers the step; any
-- other failure puts the message back with a later due time. A report whose message has moved on
-- (claimed again after the lease, or gone with its job) changes nothing. An activity of a graph
-- whose worker answered nothing (code 102) stays open until ratchet.respond.
-- Locks: the messages, in order. Writes: messages, attributes. Returns how many reports counted.

create function ratchet_internal.finish_activities(
  p_worker bigint, p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[],
  p_attempts int[], p_failed boolean[], p_codes int[], p_values json[]
) returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_report record;
begin
  with report as materialized (
    select m.job_id, m.address, m.position, m.attempt, r.is_failed, r.value,
      case when ratchet_internal.is_graph(m.address) then r.code end as code,
      case when not r.is_failed then null
        when ratchet_internal.is_graph(m.address) then ratchet_internal.graph_retry((
          select w.retry from ratchet_internal.worker_routes w where w.worker_id = p_worker
            and w.queue = m.queue and w.workflow = '' and w.namespace = m.namespace),
          m.options -> 'retry', m.attempt, coalesce(r.code, 500), false)
        when ratchet_internal.is_retried(m.options, m.attempt, r.code)
          then ratchet_internal.retry_delay(m.options, m.attempt) end as delay,
      r.code is not distinct from 102 and not r.is_failed
        and ratchet_internal.is_graph(m.address) as is_left_open
    from unnest(p_jobs, p_addresses, p_positions, p_attempts, p_failed, p_codes, p_values)
      as r (job_id, address, at, attempt, is_failed, code, value)
    join ratchet_internal.messages m
      on m.job_id = any (array[r.job_id]) and m.address = r.address and m.position = r.at
    where ratchet_internal.is_held_by(m.worker_id, p_worker) and m.kind = 'activity'
      and m.attempt = r.attempt
    order by r.job_id, r.address, r.at for update of m),
  again as (
    update ratchet_internal.messages m
    set worker_id = null, due_at = p_now + r.delay
    from report r
    where r.delay is not null and m.job_id = any (array[r.job_id]) and m.address = r.address
      and m.position = r.position),
  left_open as (
    update ratchet_internal.messages m
    set kind = 'wait', worker_id = null, queue = '$graph', workflow = '$graph',
      due_at = 'infinity', key = E'\x1frespond'
    from report r
    where r.is_left_open and m.job_id = any (array[r.job_id]) and m.address = r.address
      and m.position = r.position),
  noted as (
    update ratchet.jobs_attributes a set value = r.value, is_failed = true, updated_at = p_now
    from report r
    where r.delay is not null and a.job_id = any (array[r.job_id]) and a.address = r.address
      and a.position = r.position)
  select count(*) as count, array_agg(code) filter (where is_answer) as codes,
    array_agg(job_id) filter (where is_answer) as jobs,
    array_agg(address) filter (where is_answer) as addresses,
    array_agg(position) filter (where is_answer) as positions,
    array_agg(attempt) filter (where is_answer) as attempts,
    array_agg(is_failed) filter (where is_answer) as failed,
    array_agg(value::text) filter (where is_answer) as answers
  into v_report
  from report cross join lateral (select delay is null and not is_left_open as is_answer) each;
  if v_report.jobs is not null then
    perform ratchet_internal.settle(p_now, v_report.jobs, v_report.addresses, v_report.positions,
      v_report.attempts, v_report.failed, v_report.answers, true, v_report.codes);
  end if;
  return v_report.count;
end $$;
comment on function ratchet_internal.finish_activities(bigint, timestamptz, bigint[], text[],
  int[], int[], boolean[], int[], json[]) is
  'Answers steps with the reports of their activities, or schedules the next attempt.';
