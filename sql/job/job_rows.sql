-- The rows of jobs to be started, in the order of their ids. Inlinable: part of set-based inserts.

create function ratchet_internal.job_rows(
  p_now timestamptz, p_namespace text, p_workflow text, p_queue text, p_ids text[],
  p_inputs json[], p_terms ratchet_internal.start_terms, p_request_id uuid
) returns table (
  key text, namespace text, entity text, workflow text, queue text, status int,
  is_watched boolean, is_hookable boolean, is_persistent boolean, is_labelled boolean,
  request_id uuid, expire_seconds bigint, options json, input json, created_at timestamptz,
  updated_at timestamptz, pending_until timestamptz
) language sql stable
begin atomic
  select given.id, p_namespace, coalesce((p_terms).entity, p_workflow), p_workflow, p_queue,
    case when (p_terms).pending is null then 1 else -1 end,
    coalesce((p_terms).is_watched, false), coalesce((p_terms).is_hookable, true),
    coalesce((p_terms).is_persistent, false), (p_terms).entity is not null, p_request_id,
    (p_terms).expire_seconds, (p_terms).retry, given.input, p_now, p_now,
    case when (p_terms).pending is not null
      then ratchet_internal.after(p_now, (p_terms).pending * 1000) end
  from unnest(p_ids, p_inputs) as given (id, input)
  order by given.id collate "C";
end;
comment on function ratchet_internal.job_rows(
  timestamptz, text, text, text, text[], json[], ratchet_internal.start_terms, uuid) is
  'The rows of jobs to be started, in the order of their ids.';
