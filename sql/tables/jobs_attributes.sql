-- The history: one row a step of a job, mostly written once. A step run in the worker's own process
-- is inserted with its result; any other is inserted when it is scheduled (first leg) and receives
-- its result later (second leg). (job_id, address, position) is the step: address tells the threads
-- of a job apart, position is the number of the durable call in its thread, from 1. The main
-- function has the address '', and $1, $2, ... in the generations that continueAsNew begins; hook
-- threads have h1, h2, ... value is text: JSON text for steps; plain text where people compare it
-- with = in SQL. Beside the threads, a # after a thread's address begins what belongs to it and is
-- numbered by itself: #cancel, #patch (what patched() has answered), and the operations on data
-- under the number of their object (#9); #marker is what the job was marked with at its start. A
-- search attribute of the job is a row of its own, with its name behind _ as address and field.
-- In a job of a graph the address is that of a run of an activity and begins with a comma, position
-- is the number of the activity (graph/README.md).

create table ratchet.jobs_attributes (
  job_id bigint not null,
  ledger ratchet.ledger_value not null,
  created_at timestamptz not null,
  updated_at timestamptz,
  position int not null,
  delivery int,
  code int,
  is_failed boolean not null default false,
  address text collate "C" not null default '',
  kind ratchet.step_kind not null,
  field text collate "C" not null,
  input json,
  target text collate "C",
  value text,
  primary key (job_id, address, position),
  constraint "positions count from 1" check (position >= 1)
) with (fillfactor = 90);

comment on table ratchet.jobs_attributes is
  'The history of every job: one row a step, mostly written once.';
comment on column ratchet.jobs_attributes.job_id is 'The job, jobs.id.';
comment on column ratchet.jobs_attributes.ledger is
  'Which legs of the step have committed; the view ratchet.ledger shows it decoded.';
comment on column ratchet.jobs_attributes.created_at is 'When the step was recorded.';
comment on column ratchet.jobs_attributes.updated_at is
  'When its answer was recorded, if that was later.';
comment on column ratchet.jobs_attributes.position is
  'Number of the durable call in its thread, from 1.';
comment on column ratchet.jobs_attributes.delivery is
  'When its answer reached the function, counted in deliveries of the thread; null where no '
  'other answer could have come first.';
comment on column ratchet.jobs_attributes.code is
  'Response code of an activity of a graph; null where it has none (then 200, or 500 if it '
  'failed), and for steps of functions.';
comment on column ratchet.jobs_attributes.is_failed is 'Whether value is an error.';
comment on column ratchet.jobs_attributes.address is
  'Thread of the job: empty for the main function, $n for its nth generation, hn for the nth hook;'
  ' with #n the object n of the thread, with _ an attribute; in a graph, beginning with a comma,'
  ' the run of the activity.';
comment on column ratchet.jobs_attributes.kind is
  'What the step does: activity, sleep, wait, child, start, await, signal, cancel, search, entity,'
  ' hook, terminate, emit, trace, continue, patch; in a graph trigger, worker, await, hook, signal,'
  ' cycle, interrupt; attribute and marker: no step, data of the job.';
comment on column ratchet.jobs_attributes.field is
  'Readable name: address, position, and what was called; sorts in the order of the calls.';
comment on column ratchet.jobs_attributes.input is 'Arguments of the step, where it has any.';
comment on column ratchet.jobs_attributes.target is
  'Workflow id of the child that the step starts; null for other steps.';
comment on column ratchet.jobs_attributes.value is
  'Result or error of the step, JSON text; null while it is open and when it returned nothing. '
  'Of a search attribute its value, plain text.';
