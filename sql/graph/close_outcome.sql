-- An activity that is answered in the stretch that entered it.

create function ratchet_internal.close_outcome(
  p_out ratchet_internal.graph_outcome, p_value jsonb, p_error jsonb default null
) returns ratchet_internal.graph_outcome
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_out ratchet_internal.graph_outcome := p_out;
begin
  v_out.message := null;
  v_out.status := case when p_error is null then 'success' else 'error' end;
  v_out.code := case when p_error is null then 200 else (p_error ->> 'code')::int end;
  v_out.error := p_error;
  if not ratchet_internal.is_final((v_out.attribute).ledger) then
    v_out.attribute.ledger := ratchet_internal.leg2_done((v_out.attribute).ledger, 1);
  end if;
  v_out.attribute.value := coalesce(p_error, p_value)::text;
  v_out.attribute.is_failed := p_error is not null;
  v_out.attribute.code := nullif(v_out.code, 200);
  if p_error is not null then
    v_out.output := null;
    v_out.hook := null;
    v_out.effects := null;
    v_out.data := null;
  end if;
  return v_out;
end $$;
comment on function ratchet_internal.close_outcome(ratchet_internal.graph_outcome, jsonb, jsonb) is
  'Answers an activity in the stretch that entered it, with a value or an error.';
