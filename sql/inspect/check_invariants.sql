-- One row a violation, no rows when all is well. Safe on a running system: every rule holds after
-- each commit, and one statement sees one snapshot.

create function ratchet.check_invariants()
returns table (rule text, job_id bigint, detail text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select * from ratchet_internal.broken_jobs()
  union all select * from ratchet_internal.broken_steps()
  union all select * from ratchet_internal.broken_messages()
  union all select * from ratchet_internal.broken_signals()
  union all select * from ratchet_internal.broken_graphs()
  union all select * from ratchet_internal.broken_escalations()
$$;
comment on function ratchet.check_invariants() is
  'One row for each rule that does not hold and each job that breaks it; no rows when all is well.';
