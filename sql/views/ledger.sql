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
