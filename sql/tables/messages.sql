-- What makes a worker do something: few rows, short-lived. Every open step of a job is exactly
-- one message under the same (job_id, address, position); position 0 is the thread itself.
--   turn      position 0: run the function. Held by a worker, it is that worker's claim of the
--             thread, kept as long as the function is in its memory.
--   activity  run an activity; attempt counts claims.
--   timer     due when a sleep ends.
--   wait      waits for the signal named by key; due when it times out, if ever; attempt is 0 until
--             somebody has looked for a signal that was there before it.
--   child     waits for the end of the job whose id is key.
--   result    the step is answered: brings the answer to the worker that holds the turn. One at
--             position -1 brings word that the job is to be cancelled.
-- The row is the arbiter of every race: whoever changes or deletes it has won.
-- check_invariants() has the forms above as a rule. As constraints, which each statement reads
-- anew, they took a tenth of a single start.

create table ratchet_internal.messages (
  job_id bigint not null,
  due_at timestamptz not null,
  worker_id bigint,
  position int not null default 0,
  attempt int not null default 0,
  address text collate "C" not null default '',
  kind text collate "C" not null,
  namespace text collate "C" not null,
  queue text collate "C" not null,
  workflow text collate "C" not null default '',
  key text collate "C",
  options json,
  primary key (job_id, address, position)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create index messages_ready on ratchet_internal.messages
  (ratchet_internal.route_hash(queue, workflow, namespace), due_at)
  where worker_id is null and kind in ('turn', 'activity');
create index messages_due on ratchet_internal.messages
  (ratchet_internal.route_hash(queue, workflow, namespace), due_at)
  where worker_id is null and kind in ('timer', 'wait', 'result');
create index messages_held on ratchet_internal.messages (worker_id, kind, due_at)
  where worker_id is not null;
create index messages_awaited on ratchet_internal.messages (key, namespace, job_id)
  where key is not null;
create index messages_new_waits on ratchet_internal.messages (job_id)
  where kind = 'wait' and attempt = 0;

comment on table ratchet_internal.messages is
  'What makes a worker do something: one row a thread to run, and one an open step.';
comment on column ratchet_internal.messages.job_id is 'The job it belongs to, jobs.id.';
comment on column ratchet_internal.messages.address is
  'Thread of the job, as in jobs_attributes.';
comment on column ratchet_internal.messages.position is
  'Step it belongs to; 0: the thread itself, -1: word of a cancellation.';
comment on column ratchet_internal.messages.kind is
  'What it makes happen: turn, activity, timer, wait, child, result.';
comment on column ratchet_internal.messages.namespace is 'Namespace of its job.';
comment on column ratchet_internal.messages.queue is 'Queue whose workers may take it.';
comment on column ratchet_internal.messages.workflow is
  'Workflow whose workers may take it; empty for activities.';
comment on column ratchet_internal.messages.due_at is
  'When it may be taken; for a held turn, when it was taken; infinity: never by itself.';
comment on column ratchet_internal.messages.worker_id is
  'Worker that holds it (turn, activity) or is to receive it (result); null: anybody.';
comment on column ratchet_internal.messages.attempt is
  'How often it has been claimed; for a wait, whether a signal has been looked for (1) or not (0).';
comment on column ratchet_internal.messages.key is
  'What a wait waits for: a signal id, or the id of a job.';
comment on column ratchet_internal.messages.options is
  'For an activity its retry policy and context; for a turn that was lost {"isCareful":true}.';
