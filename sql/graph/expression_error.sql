-- The error of an activity whose expression could not be evaluated: it names both.

create function ratchet_internal.expression_error(
  p_activity text, p_part text, p_message text, p_detail text
) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object('code', 500, 'activity', p_activity, 'expression', p_part,
    'message', p_activity || ': ' || p_part || ': ' || p_message
      || case when p_detail <> '' then ': ' || left(p_detail, 1000) else '' end)
$$;
comment on function ratchet_internal.expression_error(text, text, text, text) is
  'The error of an activity whose expression failed, naming the activity and the expression.';
