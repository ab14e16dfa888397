-- The worker roles of this database.

create view ratchet.worker_roles with (security_invoker = true) as
select id, role_name, namespace, queues, created_at, revoked_at, last_rotated_at
from ratchet_internal.worker_roles;
comment on view ratchet.worker_roles is
  'The roles that were provisioned for workers, and what each may serve.';
