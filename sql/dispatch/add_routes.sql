-- Adds to what a worker serves. A route may name the instance that serves it (guid), and what that
-- says of itself (profile). A rate that was set for the route holds for this worker too. A route
-- that is given twice is served once, under the last policy given.
-- Idempotent. Writes: worker_routes, members. Raises: WF101, WF104, WF105, WF401.

create function ratchet.add_routes(p_worker bigint, p_routes json) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.lock_worker(p_worker);
  if json_typeof(p_routes) is distinct from 'array' then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Give an array of objects with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_readable(p_routes, 'routes');
  if exists (select from json_array_elements(p_routes) e where json_typeof(e.value) <> 'object')
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'routes'),
      'Each route is an object with namespace, queue and, for workflows, workflow.');
  end if;
  perform ratchet_internal.check_name(coalesce(r.namespace, 'durable'), 'namespace'),
    ratchet_internal.check_name(r.queue, 'queue'),
    ratchet_internal.check_name(coalesce(r.workflow, '-'), 'workflow'),
    ratchet_internal.check_name(coalesce(r.guid, '-'), 'guid')
  from json_to_recordset(p_routes)
    as r (namespace text, queue text, workflow text, guid text);
  perform ratchet_internal.check_routes(p_routes);
  insert into ratchet_internal.worker_routes (worker_id, namespace, queue, workflow, retry,
    throttle_ms, opens_at)
  select distinct on (2, 3, 4) p_worker, coalesce(r.namespace, 'durable'), r.queue,
    coalesce(r.workflow, ''), case when json_typeof(r.retry) = 'object' then r.retry end,
    nullif(t.rate, 0), case when t.rate < 0 then 'infinity' when t.rate > 0 then '-infinity'
      end::timestamptz
  from rows from (json_to_recordset(p_routes)
      as (namespace text, queue text, workflow text, retry json))
    with ordinality as r (namespace, queue, workflow, retry, at)
  left join lateral (
    select t.rate from ratchet_internal.throttles t
    where t.namespace = r.namespace and t.is_engine = (coalesce(r.workflow, '') <> '')
      and t.queue in (r.queue, '')
    order by t.queue desc limit 1) t on true
  order by 2, 3, 4, json_typeof(r.retry) = 'object' desc nulls last, r.at desc
  on conflict (worker_id, queue, workflow, namespace)
    do update set retry = excluded.retry where excluded.retry is not null;
  insert into ratchet_internal.members (worker_id, guid, namespace, queue, workflow, profile,
    joined_at)
  select p_worker, r.guid, coalesce(r.namespace, 'durable'), r.queue, coalesce(r.workflow, ''),
    r.profile, ratchet_internal.now()
  from json_to_recordset(p_routes)
    as r (namespace text, queue text, workflow text, guid text, profile json)
  where r.guid is not null
  on conflict do nothing;
end $$;
comment on function ratchet.add_routes(bigint, json) is
  'Adds routes, objects with namespace, queue, workflow and retry, to what a worker serves.';
