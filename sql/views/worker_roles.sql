-- The worker roles of this database.

create view ratchet.worker_roles with (security_invoker = true) as
select id, role_name, namespace, queues, created_at, revoked_at, last_rotated_at
from ratchet_internal.worker_roles;
comment on view ratchet.worker_roles is
  'The roles that were provisioned for workers, and what each may serve.';
comment on column ratchet.worker_roles.id is 'Order of provisioning.';
comment on column ratchet.worker_roles.role_name is 'Name of the role in the cluster.';
comment on column ratchet.worker_roles.namespace is 'Namespace whose queues it may serve.';
comment on column ratchet.worker_roles.queues is
  'What it may serve: workflows by the name of their queue, activities by that name with '
  '-activity.';
comment on column ratchet.worker_roles.created_at is 'When it was provisioned first.';
comment on column ratchet.worker_roles.revoked_at is
  'Since when it may do nothing; null while it is in use.';
comment on column ratchet.worker_roles.last_rotated_at is
  'When its password was last changed after that.';
