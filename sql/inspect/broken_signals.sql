-- Rules of check_invariants about signals. The first is the one against lost wake-ups.

create function ratchet_internal.broken_signals()
returns table (rule text, job_id bigint, detail text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select 'a signal and a wait that could be paired are not both marked as looked at', m.job_id,
    m.key
  from ratchet_internal.messages m
  where m.kind = 'wait' and m.attempt > 0
    and exists (
      select from ratchet_internal.signals s where s.key = m.key and s.namespace = m.namespace
        and not s.is_consumed and s.expires_at > ratchet_internal.now())
    and not exists (
      select from ratchet_internal.signals s where s.key = m.key and s.namespace = m.namespace
        and s.is_new)
  union all
  select 'a consumed signal is kept only for its dedup id', null, s.key
  from ratchet_internal.signals s where s.is_consumed and s.dedup_id is null
$$;
comment on function ratchet_internal.broken_signals() is 'Violations of the rules about signals.';
