-- Tasks for people (or programs): a row that somebody claims and resolves. A workflow's wait writes
-- one in the commit that makes it wait, and is answered in the commit that resolves or cancels the
-- row. A row may also stand alone. A claim is no state of its own: assigned_to, until
-- assigned_until has passed. Rows outlive their jobs; ratchet.prune_escalations removes them.

create table ratchet.escalations (
  id uuid primary key default gen_random_uuid(),
  namespace text collate "C" not null default 'durable',
  app_id text collate "C" not null default 'durable',
  signal_key text collate "C",
  topic text,
  workflow_id text collate "C",
  task_queue text,
  workflow_type text,
  type text collate "C",
  subtype text,
  entity text,
  description text,
  role text collate "C",
  status text collate "C" not null default 'pending',
  priority int not null default 5,
  assigned_to text collate "C",
  assigned_until timestamptz,
  claimed_at timestamptz,
  claim_expires_at timestamptz,
  resolved_at timestamptz,
  escalation_payload json,
  resolver_payload json,
  envelope json,
  metadata jsonb,
  origin_id text collate "C",
  parent_id text,
  initiated_by text,
  created_by text,
  milestones jsonb not null default '[]',
  trace_id text,
  span_id text,
  expires_at timestamptz,
  task_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  job_id bigint,
  address text collate "C",
  "position" int,
  request_id uuid,
  constraint "status is one the engine knows"
    check (status in ('pending', 'resolved', 'cancelled', 'expired')),
  constraint "a task that is claimed says until when"
    check ((assigned_to is null) = (assigned_until is null)),
  constraint "a task that belongs to a step names all of it"
    check (num_nulls(job_id, address, position) in (0, 3)),
  constraint "milestones are an array" check (jsonb_typeof(milestones) = 'array'),
  constraint "metadata are an object" check (jsonb_typeof(metadata) = 'object')
) with (fillfactor = 80);

create unique index escalations_pending_key
  on ratchet.escalations (signal_key, namespace, app_id)
  where status = 'pending' and signal_key is not null;
create unique index escalations_step on ratchet.escalations (job_id, address, position)
  where job_id is not null;
create index escalations_key on ratchet.escalations (signal_key, created_at)
  where signal_key is not null;
create index escalations_order on ratchet.escalations (priority, created_at desc);
create index escalations_status on ratchet.escalations (status, priority, created_at desc);
create index escalations_role on ratchet.escalations (role, status, priority, created_at desc);
create index escalations_type on ratchet.escalations (type, status, priority, created_at desc);
create index escalations_assignee on ratchet.escalations (assigned_to, status)
  where assigned_to is not null;
create index escalations_workflow on ratchet.escalations (workflow_id)
  where workflow_id is not null;
create index escalations_origin on ratchet.escalations (origin_id) where origin_id is not null;
create index escalations_task on ratchet.escalations (task_id) where task_id is not null;
create index escalations_created on ratchet.escalations (created_at);
create index escalations_resolved on ratchet.escalations (resolved_at)
  where resolved_at is not null;
create index escalations_closed on ratchet.escalations (updated_at) where status <> 'pending';
create index escalations_metadata on ratchet.escalations using gin (metadata jsonb_path_ops);

comment on table ratchet.escalations is
  'Tasks for people or programs, claimed and resolved by them; some answer a waiting workflow.';
comment on column ratchet.escalations.id is 'Names the task in every call.';
comment on column ratchet.escalations.namespace is 'Namespace of its workflow.';
comment on column ratchet.escalations.app_id is
  'Graph application, or once more the namespace for workflow functions.';
comment on column ratchet.escalations.signal_key is
  'Signal that the workflow waits for; one pending task a key.';
comment on column ratchet.escalations.topic is 'Queue and name of the workflow, or hook topic.';
comment on column ratchet.escalations.workflow_id is 'Workflow that it belongs to, jobs.key.';
comment on column ratchet.escalations.task_queue is 'Queue of that workflow.';
comment on column ratchet.escalations.workflow_type is 'Name of that workflow.';
comment on column ratchet.escalations.type is 'What kind of task it is, in words of the user.';
comment on column ratchet.escalations.subtype is 'A finer kind, in words of the user.';
comment on column ratchet.escalations.entity is 'What it is about, in words of the user.';
comment on column ratchet.escalations.description is 'What is to be done, for people.';
comment on column ratchet.escalations.role is 'Who may do it: the worklist it is in.';
comment on column ratchet.escalations.status is
  'pending (claimed or not), resolved, cancelled or expired.';
comment on column ratchet.escalations.priority is 'The smaller, the more urgent.';
comment on column ratchet.escalations.assigned_to is 'Who has claimed it, or had when it ended.';
comment on column ratchet.escalations.assigned_until is 'When the claim ends.';
comment on column ratchet.escalations.claimed_at is 'When the claim began.';
comment on column ratchet.escalations.claim_expires_at is 'When the claim ends: assigned_until.';
comment on column ratchet.escalations.resolved_at is 'When it was resolved.';
comment on column ratchet.escalations.escalation_payload is 'What the one who does it is given.';
comment on column ratchet.escalations.resolver_payload is
  'What the one who did it answered: the result of the wait.';
comment on column ratchet.escalations.envelope is 'Data of the user, kept as they are.';
comment on column ratchet.escalations.metadata is 'Data of the user that tasks are found by.';
comment on column ratchet.escalations.origin_id is 'Root workflow of the family.';
comment on column ratchet.escalations.parent_id is 'Workflow that started the workflow.';
comment on column ratchet.escalations.initiated_by is 'Who caused it, in words of the user.';
comment on column ratchet.escalations.created_by is 'Who created it, in words of the user.';
comment on column ratchet.escalations.milestones is 'What has happened, in order, by the user.';
comment on column ratchet.escalations.trace_id is 'Trace that it belongs to.';
comment on column ratchet.escalations.span_id is 'Span that it belongs to.';
comment on column ratchet.escalations.expires_at is
  'When it should be done; the wait''s timeout where nothing else was given.';
comment on column ratchet.escalations.task_id is 'An id of the user.';
comment on column ratchet.escalations.created_at is 'When it was created.';
comment on column ratchet.escalations.updated_at is 'When it last changed.';
comment on column ratchet.escalations.job_id is
  'Job whose step waits for it; null: it stands alone.';
comment on column ratchet.escalations.address is 'Thread of that step.';
comment on column ratchet.escalations.position is 'Number of that step in its thread.';
comment on column ratchet.escalations.request_id is
  'Names the call that last changed it, so that the same call may be repeated.';
