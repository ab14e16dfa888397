-- Does what steps scheduled in this transaction ask of other jobs and of listeners, and answers
-- them: starts hooks, tells listeners, stops jobs. Stopping comes last, so that what a job asked
-- for beside its own end is done.

create function ratchet_internal.act_on_steps(
  p_now timestamptz, p_jobs bigint[], p_kinds text[]
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if 'hook' = any (p_kinds) then
    perform ratchet_internal.start_hooks(p_now, p_jobs);
  end if;
  if 'emit' = any (p_kinds) then
    perform ratchet_internal.emit_events(p_now, p_jobs);
  end if;
  if 'terminate' = any (p_kinds) then
    perform ratchet_internal.stop_jobs(p_now, p_jobs);
  end if;
end $$;
comment on function ratchet_internal.act_on_steps(timestamptz, bigint[], text[]) is
  'Starts hooks, tells listeners and stops jobs, as steps scheduled in this transaction ask.';
