-- Goes on with graphs in a subtransaction: what fails is taken back, and comes as a problem. p_how:
-- together; alone (the first job and its children); start (the first child); fail (the first job,
-- with the problem given).
-- Caught is what the data of one job, or what users put on the public tables, can bring about. Not
-- caught, so that the call fails and may be repeated: a cancelled statement, the end of the
-- session, a full disk, damaged files; and errors of classes that only their author knows. A second
-- row for one run of an activity: the version that is active now has it below another one.

create function ratchet_internal.try_graphs(
  p_now timestamptz, p_run ratchet_internal.graph_run, p_budget int, p_how text,
  p_problem jsonb default null, out run ratchet_internal.graph_run, out problem jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
  v_message text;
  v_detail text;
  v_constraint text;
begin
  run := case p_how
    when 'together' then ratchet_internal.advance_together(p_now, p_run, p_budget)
    when 'alone' then ratchet_internal.advance_alone(p_now, p_run, p_budget)
    when 'start' then ratchet_internal.advance_next(p_now, p_run, p_budget, 1)
    else ratchet_internal.fail_graph(p_now, p_run.jobs[1], p_problem) end;
exception
  when sqlstate '09000' or sqlstate '0A000' or sqlstate '20000' or sqlstate '21000'
    or sqlstate '22000' or sqlstate '23000' or sqlstate '24000' or sqlstate '27000'
    or sqlstate '2F000' or sqlstate '34000' or sqlstate '38000' or sqlstate '39000'
    or sqlstate '3B000' or sqlstate '3D000' or sqlstate '3F000' or sqlstate '40000'
    or sqlstate '42000' or sqlstate '44000' or sqlstate '45000' or sqlstate '53200'
    or sqlstate '54000' or sqlstate '55000' or sqlstate 'HV000' or sqlstate 'P0000'
    or sqlstate 'WF000' or sqlstate 'XX000'
then
  get stacked diagnostics v_state = returned_sqlstate, v_message = message_text,
    v_detail = pg_exception_detail, v_constraint = constraint_name;
  if v_state in ('XX001', 'XX002') then raise; end if;
  run := null;
  problem := jsonb_strip_nulls(jsonb_build_object('code', 500, 'sqlstate', v_state,
    'message', left(v_message, 1000), 'detail', nullif(left(v_detail, 1000), ''),
    'may_pass', v_state in ('40001', '40P01', '53200', '55P03')));
  if v_constraint = 'jobs_attributes_pkey' then
    problem := problem || jsonb_build_object('code', 598, 'message', 'the active version leads to '
      || 'an activity that has run at this place before; the job cannot go on');
  end if;
end $$;
comment on function ratchet_internal.try_graphs(
  timestamptz, ratchet_internal.graph_run, int, text, jsonb) is
  'Goes on with graphs in a subtransaction: what fails is taken back, and comes as a problem.';
