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
  select ratchet_internal.dimension_of(a.address) as dimension,
    case when a.kind in ('search', 'entity') then split_part(a.address, '#', 2)::int
      else a.position end as index,
    case when a.kind in ('search', 'entity') then a.position - 1 end as secondary) place
where a.kind not in ('attribute', 'cancel', 'patch', 'marker');
comment on view ratchet.steps is
  'The steps of every job: thread, number of the call, what it was, and its answer.';
comment on column ratchet.steps.job_id is 'The job, jobs.id.';
comment on column ratchet.steps.job_key is 'Its workflow id.';
comment on column ratchet.steps.namespace is 'Its namespace.';
comment on column ratchet.steps.dimension is
  'The thread: empty for the main function, $n for its nth generation, ,0,n and so on for hooks.';
comment on column ratchet.steps.index is 'Number of the call in its thread, from 1.';
comment on column ratchet.steps.secondary is
  'Number of an operation on search attributes or the entity within its object, from 0; null for '
  'other steps.';
comment on column ratchet.steps.kind is 'What the step does, as jobs_attributes.kind.';
comment on column ratchet.steps.name is 'What was called: an activity, a signal, a child.';
comment on column ratchet.steps.timeline_key is 'Its name in exports, such as -proxy-1-.';
comment on column ratchet.steps.is_final is 'Whether it is answered for good.';
comment on column ratchet.steps.is_failed is 'Whether value is an error.';
comment on column ratchet.steps.input is 'Arguments of the step, where it has any.';
comment on column ratchet.steps.target is
  'Workflow id of the child that the step starts; null for other steps.';
comment on column ratchet.steps.value is
  'Result or error of the step, JSON text; null while it is open and when it returned nothing.';
comment on column ratchet.steps.created_at is 'When the step was recorded.';
comment on column ratchet.steps.updated_at is 'When its answer was recorded.';
