-- Ends the evaluation of an expression. Every error that an expression makes goes through here, so
-- that the activity it belongs to can be failed by one code. It returns a value so that it can
-- stand where a value is computed.
-- Raises: WF107.

create function ratchet_internal.pipe_fail(p_function text, p_reason text) returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'WF107', message = 'expression failed',
    detail = jsonb_build_object('function', left(p_function, 200), 'reason', p_reason)::text,
    hint = 'Correct the expression, or check the values that reach it.';
end $$;
comment on function ratchet_internal.pipe_fail(text, text) is
  'Raises WF107 with the function that failed and the reason in detail.';
