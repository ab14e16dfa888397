-- Does what steps scheduled in this transaction ask of other jobs and of listeners, and answers
-- those that need not wait: starts children, ties steps to jobs, sends signals, starts hooks, tells
-- listeners, stops jobs. Stopping comes last, so that what a job asked for beside its own end is
-- done.

create function ratchet_internal.act_on_steps(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_kinds && array['child', 'start'] then
    perform ratchet_internal.start_children(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'await' = any (p_kinds) then
    perform ratchet_internal.await_jobs(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'signal' = any (p_kinds) then
    perform ratchet_internal.send_signals(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'hook' = any (p_kinds) then
    perform ratchet_internal.start_hooks(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'emit' = any (p_kinds) then
    perform ratchet_internal.emit_events(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
  if 'terminate' = any (p_kinds) then
    perform ratchet_internal.stop_jobs(p_now, p_jobs, p_addresses, p_positions, p_kinds);
  end if;
end $$;
comment on function ratchet_internal.act_on_steps(
  timestamptz, bigint[], text[], int[], text[]) is
  'Does what steps scheduled in this transaction ask of other jobs and of listeners.';
