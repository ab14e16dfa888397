-- Does what engine workers do for graphs, once, for those who have none, and for psql: matches
-- signals, ends sleeps, and goes on with what has been answered. Without an app, for all apps of
-- the namespace. What one call sets going in others, as a signal it sends, is found by the next.
-- Locks: messages and jobs, never waiting. Writes: all that stretches do. Raises: WF101, WF605.
-- Returns how many activities were run.

create function ratchet.run_graphs(
  p_app text default null, p_namespace text default 'hmsh', p_budget int default 1000
) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off set jit = off
as $$
declare
  v_now timestamptz := ratchet_internal.write_time();
  v_space text;
  v_due record;
begin
  perform ratchet_internal.check_isolation();
  if p_app is not null then v_space := ratchet_internal.app_space(p_app, p_namespace); end if;
  perform ratchet_internal.deliver_signals(v_now);
  select array_agg(m.job_id) as jobs, array_agg(m.address) as addresses,
    array_agg(m.position) as positions, array_agg(m.kind) as kinds,
    bool_or(m.kind = 'wait') as have_tasks into v_due
  from ratchet_internal.graph_apps a
  cross join lateral (
    select job_id, address, position, kind from ratchet_internal.messages
    where ratchet_internal.is_for(queue, workflow, namespace, '$graph', '$graph', a.space)
      and worker_id is null and kind in ('timer', 'wait', 'result') and due_at <= v_now
    order by due_at limit 1000 for update skip locked) m
  where a.namespace = p_namespace and a.space = coalesce(v_space, a.space);
  if v_due.have_tasks then
    perform ratchet_internal.expire_escalations(v_now, v_due.jobs, v_due.addresses,
      v_due.positions);
  end if;
  perform ratchet_internal.settle_due(v_now, v_due.jobs, v_due.addresses, v_due.positions,
    v_due.kinds, coalesce(v_due.have_tasks, false));
  return ratchet_internal.advance_graphs(v_now, row(0, null, array(
    select distinct job_id from unnest(v_due.jobs) as each (job_id) order by 1)), p_budget);
end $$;
comment on function ratchet.run_graphs(text, text, int) is
  'Goes on with graphs as an engine worker does, once; returns how many activities were run.';
