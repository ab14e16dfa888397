-- Where jobs have ended while hooks of theirs may still wait: the place to cancel what is left of
-- their worklist. There is no worklist yet, so that nothing is written.

create function ratchet_internal.close_escalations(p_jobs bigint[]) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as 'select null::void';
comment on function ratchet_internal.close_escalations(bigint[]) is
  'Called when jobs of graphs have ended.';
