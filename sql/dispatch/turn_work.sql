-- What a worker must know to run a thread that it has just taken. Inlinable: part of a set-based
-- statement.

create function ratchet_internal.turn_work(
  p_job bigint, p_address text, p_attempt int, p_options json, p_workflow text, p_queue text
) returns setof ratchet.work
language sql stable
begin atomic
  select case when p_options is not null then 'careful' when p_attempt = 1 then 'start'
      else 'turn' end,
    p_job, p_address, 0, case when hook.input is null then j.attempt else hook.attempt end,
    j.namespace, j.key, p_workflow, p_queue, j.entity, coalesce(hook.input, j.input),
    coalesce(hook.options, j.options), false, j.cancel_requested_at is not null
      and hook.is_shielded is not true,
    case when j.origin_id is not null then (
      select origin.key from ratchet.jobs origin where origin.id = j.origin_id) end,
    j.expire_seconds
  from ratchet.jobs j
  left join lateral (
    select h.input, h.options, h.attempt, h.is_shielded from ratchet.threads h
    where ratchet_internal.is_hook(p_address) and h.job_id = p_job and h.address = p_address
    limit 1) hook on true
  where j.id = any (array[p_job]);
end;
comment on function ratchet_internal.turn_work(bigint, text, int, json, text, text) is
  'What a worker must know to run a thread that it has just taken.';
