-- One row a hook: a function that runs inside a job, beside its main one, with steps of its own.
-- The message at position 0 of its address is the thread itself, as for a main function; this row
-- is what a worker needs to run it, however often it is evicted. The job's row is the lock under
-- which threads are opened and closed: jobs.status counts those that are open.

create table ratchet.threads (
  job_id bigint not null,
  address text collate "C" not null,
  workflow text collate "C" not null,
  queue text collate "C" not null,
  attempt int not null default 0,
  request_id uuid,
  options json,
  input json not null,
  error json,
  created_at timestamptz not null,
  ended_at timestamptz,
  is_shielded boolean not null default false,
  primary key (job_id, address),
  constraint "the address of a hook is h and its number" check (address ~ '^h[1-9][0-9]*$')
);

comment on table ratchet.threads is
  'One row a hook: a function that runs inside a job beside its main one.';
comment on column ratchet.threads.job_id is 'The job, jobs.id.';
comment on column ratchet.threads.address is
  'Thread of the job: h1, h2, ... in the order of their starts.';
comment on column ratchet.threads.workflow is 'Name of the function.';
comment on column ratchet.threads.queue is 'Queue whose workers run it.';
comment on column ratchet.threads.attempt is 'How often it has failed and been run again.';
comment on column ratchet.threads.request_id is
  'Names the call that started it, so that the same call may be repeated.';
comment on column ratchet.threads.options is
  'Its retry policy and trace, as jobs.options; null: those of the job.';
comment on column ratchet.threads.input is 'Arguments of the function, a JSON array.';
comment on column ratchet.threads.error is 'Why its last run failed; null if it did not.';
comment on column ratchet.threads.created_at is 'When it was started.';
comment on column ratchet.threads.ended_at is
  'When it returned; null while it runs, and where its job ended first.';
comment on column ratchet.threads.is_shielded is
  'Started in CancellationScope.nonCancellable of a cancelled job: that is not meant for it.';
