-- The login roles that were provisioned for workers, each limited to queues of one namespace. What
-- a role may serve is read here, by the name of the session, whatever the functions are called
-- with.

create table ratchet_internal.worker_roles (
  id bigint generated always as identity primary key,
  role_name name not null unique,
  namespace text collate "C" not null,
  queues text[] collate "C" not null,
  created_at timestamptz not null,
  last_rotated_at timestamptz,
  revoked_at timestamptz,
  constraint "a worker role is known by the beginning of its name"
    check (starts_with(role_name::text, 'hmsh_wrk_')),
  constraint "a worker role has a queue" check (cardinality(queues) > 0)
);

comment on table ratchet_internal.worker_roles is
  'Login roles of workers, each limited to queues of one namespace.';
comment on column ratchet_internal.worker_roles.id is 'Order of provisioning.';
comment on column ratchet_internal.worker_roles.role_name is 'Name of the role in the cluster.';
comment on column ratchet_internal.worker_roles.namespace is 'Namespace whose queues it may serve.';
comment on column ratchet_internal.worker_roles.queues is
  'What it may serve: a queue''s workflows by the name of the queue, its activities by that name '
  'with -activity.';
comment on column ratchet_internal.worker_roles.created_at is 'When it was provisioned first.';
comment on column ratchet_internal.worker_roles.last_rotated_at is
  'When its password was last changed after that.';
comment on column ratchet_internal.worker_roles.revoked_at is
  'Since when it may do nothing; null while it is in use.';
