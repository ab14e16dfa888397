-- Single-item worker protocol, for psql, bash and other languages: takes the oldest due activity of
-- the worker's routes, or no row. Report it with complete or fail and the attempt given here; until
-- then the worker's heartbeat keeps it.
-- Locks: worker (key share), messages. Writes: messages. Raises: WF401, WF605.

create function ratchet.claim_activity(p_worker bigint)
returns table (
  job_id bigint, "position" int, attempt int, workflow_id text, namespace text, queue text,
  name text, args json, address text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
set lock_timeout = '2s'
as $$
#variable_conflict use_column
declare
  v_now timestamptz := ratchet_internal.write_time();
begin
  perform ratchet_internal.lock_worker(p_worker);
  perform ratchet_internal.reap_workers(p_worker, v_now);
  return query
  select w.job_id, w.position, w.attempt, w.workflow_id, w.namespace, w.queue, w.name, w.input,
    w.address
  from ratchet_internal.look(p_worker, v_now) l
  cross join lateral ratchet_internal.claim_activities(p_worker, 1, v_now, l.heads) w;
end $$;
comment on function ratchet.claim_activity(bigint) is
  'Takes the oldest due activity of the worker''s queues; no row when there is none.';
