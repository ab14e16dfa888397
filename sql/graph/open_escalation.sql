-- Where a hook with an escalation has been written as waiting: the place to write its row of the
-- worklist, in the same transaction. p_fields are its evaluated options, p_key what the hook waits
-- under. There is no worklist yet, so that nothing is written.

create function ratchet_internal.open_escalation(
  p_job ratchet.jobs, p_address text, p_position int, p_key jsonb, p_fields jsonb
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as 'select null::void';
comment on function ratchet_internal.open_escalation(ratchet.jobs, text, int, jsonb, jsonb) is
  'Called when a hook with an escalation begins to wait.';
