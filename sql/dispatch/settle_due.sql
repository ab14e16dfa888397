-- Answers sleeps that have ended and waits that have timed out; the caller has locked their
-- messages. A wait of a function fails; a hook of a graph goes on, told when its time began to run.
-- Writes: messages, attributes.

create function ratchet_internal.settle_due(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[],
  p_have_tasks boolean
) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select ratchet_internal.settle(p_now, array_agg(a.job_id), array_agg(a.address),
    array_agg(a.position), array_agg(1),
    array_agg(d.kind = 'wait' and not ratchet_internal.is_graph(a.address)),
    array_agg(case when ratchet_internal.is_graph(a.address) then json_build_object('timestamp',
        floor(extract(epoch from a.created_at) * 1000)::bigint)::text
      when d.kind = 'timer' then a.input::text end), true)
  from unnest(p_jobs, p_addresses, p_positions, p_kinds) as d (job_id, address, at, kind)
  join ratchet.jobs_attributes a
    on a.job_id = any (array[d.job_id]) and a.address = d.address and a.position = d.at
  where d.kind in ('timer', 'wait')
    -- A wait whose task somebody else holds at this moment is left for the next look.
    and (not p_have_tasks or (select e.status from ratchet.escalations e
      where e.job_id = d.job_id and e.address = d.address and e.position = d.at)
        is distinct from 'pending')
  having count(*) > 0
$$;
comment on function ratchet_internal.settle_due(
  timestamptz, bigint[], text[], int[], text[], boolean) is
  'Answers sleeps that have ended and waits that have timed out.';
