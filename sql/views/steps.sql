-- The steps of every job as people speak of them: dimension is the thread, index the number of the
-- call in it, secondary the number of an operation within its object, from 0; timeline_key is the
-- name under which exports show the step.

create view ratchet.steps with (security_invoker = true) as
select a.job_id, j.key as job_key, j.namespace, place.dimension, place.index, place.secondary,
  a.kind, ratchet_internal.step_name(a.address, a.field) as name,
  '-' || case a.kind when 'activity' then 'proxy' when 'await' then 'child' else a.kind end
    || place.dimension || '-' || place.index || '-' || coalesce(place.secondary || '-', '')
    as timeline_key,
  ratchet_internal.is_final(a.ledger) as is_final, a.is_failed, a.input, a.target, a.value,
  a.created_at, coalesce(a.updated_at, a.created_at) as updated_at
from ratchet.jobs_attributes a
join ratchet.jobs j on j.id = a.job_id
cross join lateral (
  select split_part(a.address, '#', 1) as dimension,
    case when a.kind in ('search', 'entity') then split_part(a.address, '#', 2)::int
      else a.position end as index,
    case when a.kind in ('search', 'entity') then a.position - 1 end as secondary) place
where a.kind not in ('attribute', 'cancel');
comment on view ratchet.steps is
  'The steps of every job: thread, number of the call, what it was, and its answer.';
