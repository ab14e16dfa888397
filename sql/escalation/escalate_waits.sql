-- Publishes the tasks of waits that were scheduled in this transaction with fields for one.
-- Writes: escalations.

create function ratchet_internal.escalate_waits(p_now timestamptz, p_jobs bigint[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.create_escalations(p_now, array_agg(m.job_id), array_agg(m.address),
    array_agg(m.position), array_agg(m.key), array_agg(m.options))
  from ratchet_internal.messages m
  where m.job_id = any (p_jobs) and m.kind = 'wait' and m.attempt = 0 and m.options is not null
  having count(*) > 0;
end $$;
comment on function ratchet_internal.escalate_waits(timestamptz, bigint[]) is
  'Publishes the tasks of waits that were scheduled in this transaction.';
