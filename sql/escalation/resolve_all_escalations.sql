-- Resolves tasks all together or not at all, each with its payload, and answers the workflows that
-- wait for them. Answers {"ok": true, "entries"} or {"ok": false, "failed": [{"id", "reason"}]}:
-- not-found, already-resolved, already-cancelled, already-expired, assignee-mismatch (p_assignee:
-- who must have claimed them), encoded (a graph waits, and cannot read what a codec made).
-- Locks: the waits' messages, the tasks, each in order. Writes: escalations, messages, attributes,
-- signals. Wakes: idle workers. Raises: WF104, WF501, WF605. Idempotent with the same p_request_id.

create function ratchet.resolve_all_escalations(
  p_ids uuid[], p_payloads json[], p_metadata json default null, p_assignee text default null,
  p_request_id uuid default null
) returns json
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_done uuid[];
  v_failed json;
begin
  if cardinality(p_ids) is distinct from cardinality(p_payloads)
    or cardinality(p_ids) <> (select count(distinct id) from unnest(p_ids) as each (id))
  then
    perform ratchet_internal.raise_error('WF104', 'invalid option',
      jsonb_build_object('option', 'ids'), 'Give each id once, and as many payloads as ids.');
  end if;
  perform ratchet_internal.check_size(payload, 'resolver payload')
  from unnest(p_payloads) as each (payload);
  perform ratchet_internal.check_escalation(json_build_object('metadata', p_metadata));
  with locked as materialized (select * from ratchet_internal.lock_escalations(p_ids))
  select array_agg(l.id) filter (where l.request_id = p_request_id and l.status = 'resolved'),
    json_agg(json_build_object('id', given.id, 'reason', refusal.reason) order by given.at)
      filter (where refusal.reason is not null)
  into v_done, v_failed
  from unnest(p_ids, p_payloads) with ordinality as given (id, payload, at)
  left join locked l on l.id = given.id
  cross join lateral (select coalesce(
    ratchet_internal.resolve_refusal(l, given.payload, null, ratchet_internal.now()),
    case when l.assigned_to is distinct from p_assignee and p_assignee is not null
      then 'assignee-mismatch' end) as reason) refusal;
  if cardinality(v_done) = cardinality(p_ids) then
    v_failed := null; -- the first sending of this call has done it
  elsif v_failed is null then
    perform ratchet_internal.close_escalations(ratchet_internal.write_time(), p_ids,
      p_payloads, 'resolved', p_metadata::jsonb, p_request_id);
  end if;
  if v_failed is not null then
    return json_build_object('ok', false, 'failed', v_failed);
  end if;
  return json_build_object('ok', true, 'entries', coalesce(
    (select json_agg(ratchet.get_escalation(given.id) order by given.at)
      from unnest(p_ids) with ordinality as given (id, at)), '[]'));
end $$;
comment on function ratchet.resolve_all_escalations(uuid[], json[], json, text, uuid) is
  'Resolves tasks all together or not at all.';
