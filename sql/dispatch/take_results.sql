-- Hands over the answers that came to a worker since then, for threads that it holds, oldest first.
-- What is left was skipped, or came for threads that it holds no more: route_results sorts it out.
-- Locks: messages, skipping those of a job that is being stopped; then as route_results.
-- Writes: messages.

create function ratchet_internal.take_results(
  p_worker bigint, p_now timestamptz, p_since timestamptz
) returns setof ratchet.work
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
  with answer as materialized (
    select r.ctid as row_at, r.job_id, r.address, r.position, r.due_at
    from ratchet_internal.messages r
    where r.worker_id = p_worker and r.kind = 'result' and r.due_at >= p_since and (
      select turn.worker_id from ratchet_internal.messages turn where turn.job_id = r.job_id
        and turn.address = r.address and turn.position = 0) = p_worker
    for update of r skip locked),
  taken as (
    delete from ratchet_internal.messages r using answer a where r.ctid = a.row_at)
  select case when a.position > 0 then 'result' else 'cancel' end, a.job_id, a.address,
    a.position, null::int, null, null, null, null, null, null::json, null::json, t.is_failed,
    false, t.value, null::bigint
  from answer a
  left join ratchet.jobs_attributes t
    on t.job_id = any (array[a.job_id]) and t.address = a.address and t.position = a.position
  order by coalesce(t.updated_at, a.due_at), a.job_id, a.address, a.position;
  if exists (
    select from ratchet_internal.messages r
    where r.worker_id = p_worker and r.kind = 'result' and r.due_at >= p_since)
  then
    perform ratchet_internal.route_results(p_worker, p_now, null, null, null, p_since);
  end if;
end $$;
comment on function ratchet_internal.take_results(bigint, timestamptz, timestamptz) is
  'Hands over the answers addressed to a worker, oldest first.';
