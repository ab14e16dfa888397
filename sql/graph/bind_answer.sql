-- What the answer of an activity means: a response with a status and a code, or the error it failed
-- with, which binds no output. An answer of a hook that waited is what resumed it; one without a
-- code is its time, which ran out.

create function ratchet_internal.bind_answer(
  p_activity ratchet_internal.graph_activities, p_item ratchet_internal.graph_item
) returns ratchet_internal.graph_outcome
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome;
  v_row ratchet.jobs_attributes := p_item.answer;
begin
  v_out.attribute := v_row;
  if v_row.is_failed then
    v_out.status := 'error';
    v_out.error := ratchet_internal.response_error(v_row.value, coalesce(v_row.code, 500));
    v_out.code := (v_out.error ->> 'code')::int;
    return v_out;
  end if;
  v_out.code := coalesce(v_row.code, 200);
  v_out.status := case when v_row.code = 202 then 'pending' else 'success' end;
  v_out.output := ratchet_internal.row_output(v_row, null);
  v_out.hook := ratchet_internal.row_hook(v_row);
  return v_out;
end $$;
comment on function ratchet_internal.bind_answer(
  ratchet_internal.graph_activities, ratchet_internal.graph_item) is
  'What the answer of an activity means: status, code, output or error.';
