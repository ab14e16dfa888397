-- Answers an await activity whose child could not be started, or is not waited for. Its job may
-- have been stopped by what the child did: then there is nothing to answer.
-- Locks: the message of the activity (its job is locked or was written here). Writes: messages,
-- attributes. Wakes: idle workers.

create function ratchet_internal.settle_await(
  p_now timestamptz, p_effect jsonb, p_error jsonb, p_value jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ratchet_internal.settle(p_now, array[m.job_id], array[m.address], array[m.position],
    array[1], array[p_error is not null], array[coalesce(p_error, p_value)::text], false,
    array[(p_error ->> 'code')::int])
  from ratchet_internal.messages m
  where m.job_id = (p_effect -> 'job')::bigint and m.address = p_effect ->> 'address'
    and m.position = (p_effect -> 'position')::int and m.kind = 'child';
end $$;
comment on function ratchet_internal.settle_await(timestamptz, jsonb, jsonb, jsonb) is
  'Answers an await activity whose child could not be started, or is not waited for.';
