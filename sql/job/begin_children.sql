-- Starts those of the children which steps scheduled in this transaction ask for that have a good
-- name and an id that is free. The parent of an awaited child keeps the message, keyed by the
-- child; a started one is answered with the child's id at once. With the option pending the id of a
-- started one is only reserved.
-- Each has its number before it is started, so that who was started is looked up by it: joined by
-- their ids, two thousand children of one call cost half a millisecond each.
-- Locks: the new rows, in key order. Writes: jobs, messages, attributes. Wakes: idle workers.
-- Returns the steps whose children it did not start, each with its error; null where it started
-- all.

create function ratchet_internal.begin_children(
  p_now timestamptz, p_jobs bigint[], p_addresses text[], p_positions int[], p_kinds text[]
) returns json[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_done record;
begin
  with wanted as materialized (
    select nextval('ratchet.jobs_id_seq') as child, m.job_id, m.address, m.position,
      m.namespace, m.options, m.input, m.name as workflow, m.options ->> 'queue' as queue,
      m.options ->> 'id' as id, m.kind = 'child' as is_awaited, terms,
      case when m.kind = 'start' then terms.pending end as pending
    from ratchet_internal.asked_steps(p_jobs, p_addresses, p_positions, p_kinds,
      array['child', 'start']) m
    cross join lateral ratchet_internal.read_terms(m.options) terms),
  started as (
    insert into ratchet.jobs (id, key, namespace, entity, workflow, queue, status, pending_until,
      is_awaited, is_hookable, is_persistent, is_labelled, parent_id, origin_id, expire_seconds,
      options, input, created_at, updated_at)
    overriding system value
    select w.child, w.id, w.namespace, coalesce((w.terms).entity, w.workflow), w.workflow, w.queue,
      case when w.pending is null then 1 else -1 end,
      case when w.pending is not null then ratchet_internal.after(p_now, w.pending * 1000) end,
      w.is_awaited, (w.terms).is_hookable, (w.terms).is_persistent,
      (w.terms).entity is not null, w.job_id, coalesce(parent.origin_id, parent.id),
      coalesce((w.terms).expire_seconds, parent.expire_seconds), (w.terms).retry, w.input, p_now,
      p_now
    from wanted w join ratchet.jobs parent on parent.id = any (array[w.job_id])
    where ratchet_internal.is_name(w.id) and ratchet_internal.is_name(w.queue)
      and ratchet_internal.is_name(w.workflow)
    order by w.id collate "C", w.namespace, w.job_id, w.position
    on conflict (key, namespace) do nothing
    returning id, namespace, queue, workflow, status),
  turns as (
    insert into ratchet_internal.messages (job_id, due_at, kind, namespace, queue, workflow)
    select id, p_now, 'turn', namespace, queue, workflow from started where status = 1),
  known as materialized (
    select w.*, w.child in (select id from started) as is_started from wanted w),
  kept as (
    update ratchet_internal.messages m set key = k.child::text, options = null
    from known k
    where k.is_started and k.is_awaited
      and m.job_id = any (array[k.job_id]) and m.address = k.address and m.position = k.position)
  select array_agg(job_id) filter (where is_started) as jobs,
    array_agg(address) filter (where is_started) as addresses,
    array_agg(position) filter (where is_started) as positions,
    array_agg(to_json(id)::text) filter (where is_started) as answers,
    array_agg(json_build_object('job', job_id, 'address', address, 'position', position,
      'namespace', namespace, 'id', id,
      'error', ratchet_internal.start_error(id, queue, workflow)))
      filter (where not is_started) as refused,
    (select array_agg(id) from started) as started,
    (select json_object_agg(child, options) from known
      where is_started and (terms).is_described) as described
  into v_done from known where not is_started or not is_awaited;
  if v_done.jobs is not null then
    perform ratchet_internal.settle(p_now, v_done.jobs, v_done.addresses, v_done.positions,
      array_fill(1, array[cardinality(v_done.jobs)]),
      array_fill(false, array[cardinality(v_done.jobs)]), v_done.answers, true);
  end if;
  perform ratchet_internal.describe_jobs(p_now, array[child.key::bigint], child.value)
  from json_each(v_done.described) child;
  perform ratchet_internal.wake_route(namespace, queue, workflow)
  from (select distinct namespace, queue, workflow from ratchet.jobs
    where id = any (v_done.started) and status = 1) route;
  return v_done.refused;
end $$;
comment on function ratchet_internal.begin_children(
  timestamptz, bigint[], text[], int[], text[]) is
  'Starts the children that steps of this transaction ask for, where nothing is in the way; '
  'returns the steps where something is.';
