-- The ledger of every step, decoded to columns.

create view ratchet.ledger with (security_invoker = true) as
select a.job_id, j.key as job_key, j.namespace, a.field, a.kind,
  a.ledger / 1000000000000 % 100 as attempts,
  a.ledger / 100000000000 % 10 = 1 as is_scheduled,
  a.ledger % 100000000 as entries,
  a.ledger >= 200000000000000 as is_final,
  a.is_failed, a.delivery, a.created_at, a.updated_at, a.ledger
from ratchet.jobs_attributes a
join ratchet.jobs j on j.id = a.job_id
where a.kind <> 'attribute';
comment on view ratchet.ledger is
  'The ledger of every step, decoded: attempts, first leg, entries of the second, final or open.';
comment on column ratchet.ledger.job_id is 'The job, jobs.id.';
comment on column ratchet.ledger.job_key is 'Its workflow id.';
comment on column ratchet.ledger.namespace is 'Its namespace.';
comment on column ratchet.ledger.field is 'The step, as in jobs_attributes.field.';
comment on column ratchet.ledger.kind is 'What the step does, as jobs_attributes.kind.';
comment on column ratchet.ledger.attempts is 'How often it was executed, at most 99.';
comment on column ratchet.ledger.is_scheduled is 'Whether all that must make it move is committed.';
comment on column ratchet.ledger.entries is 'How often it was answered; a closed step has 1.';
comment on column ratchet.ledger.is_final is 'Whether it is closed: the answer will not change.';
comment on column ratchet.ledger.is_failed is 'Whether it failed.';
comment on column ratchet.ledger.delivery is
  'When its answer reached the function, counted in deliveries of the thread; null where no '
  'other answer could have come first.';
comment on column ratchet.ledger.created_at is 'When the step was recorded.';
comment on column ratchet.ledger.updated_at is 'When its answer was recorded, if that was later.';
comment on column ratchet.ledger.ledger is
  'The number as it is stored; sql/README.md has its digits.';
