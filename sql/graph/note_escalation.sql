-- The one place where escalations of web hooks meet the run time, always in the transaction in
-- which it happens: created (a hook with an escalation begins to wait: its fields, evaluated, and
-- the key it waits under), expired (its time ran out), cancelled (the job has ended, with whatever
-- of it still waits). There is no worklist for graphs yet, so that nothing is written.

create function ratchet_internal.note_escalation(
  p_event text, p_job bigint, p_address text default null, p_position int default null,
  p_key jsonb default null, p_fields jsonb default null
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as 'select null::void';
comment on function ratchet_internal.note_escalation(text, bigint, text, int, jsonb, jsonb) is
  'Called when a hook with an escalation begins to wait, when its time ran out, when a job ends.';
