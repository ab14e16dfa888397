-- Goes on with the first job of a run, and starts the children that it asks for, and theirs. One
-- that cannot be started answers the activity that asked for it; unless the reason may pass: that
-- is an error of this call, so that the job asks again later.

create function ratchet_internal.advance_alone(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int
) returns ratchet_internal.graph_run
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run ratchet_internal.graph_run := p_run;
  v_tried record;
begin
  if v_run.children[1] is null then
    v_run := ratchet_internal.advance_next(p_now, v_run, p_budget, 1);
  end if;
  while v_run.children[1] is not null loop
    v_tried := ratchet_internal.try_graphs(p_now, row(0, v_run.children[1:1], null),
      p_budget - v_run.steps, 'start');
    if (v_tried.problem -> 'may_pass')::boolean
      or v_tried.problem is not null and v_run.children[1] ? 'awaited'
    then
      raise exception using errcode = v_tried.problem ->> 'sqlstate',
        message = v_tried.problem ->> 'message',
        detail = coalesce(v_tried.problem ->> 'detail', '');
    elsif v_tried.problem is not null then
      perform ratchet_internal.settle_await(p_now, v_run.children[1], v_tried.problem - 'may_pass',
        null);
      v_tried.run := row(1, null, array[(v_run.children[1] -> 'job')::bigint])
        ::ratchet_internal.graph_run;
    end if;
    v_run := row(v_run.steps + (v_tried.run).steps, v_run.children[2:] || (v_tried.run).children,
      v_run.jobs || (v_tried.run).jobs)::ratchet_internal.graph_run;
  end loop;
  return v_run;
end $$;
comment on function ratchet_internal.advance_alone(
  timestamptz, ratchet_internal.graph_run, int) is
  'Goes on with the first job of a run, and starts the children that it asks for.';
