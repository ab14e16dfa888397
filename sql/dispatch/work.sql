-- What an exchange hands to a worker. kind is one of
--   start    run this new job from the top
--   turn     run this job after loading its history
--   careful  the same, after it was lost with its worker: record each step before running it
--   result   a step of a job held by this worker was answered
--   cancel   a job held by this worker is to be cancelled cooperatively
--   activity run this activity and report it with the same attempt
--   lost     this job is no longer this worker's: forget it
--   next     nothing to do before value milliseconds have passed (only when idle)
--   spans    what graphs did, for a caller that wanted to know (with_spans); value is a JSON list
--   idle     beside a single thing to do: the worker is still notified of more, and when it was to
--            look again still holds
-- Of a job to run, value is the workflow id of the root of its family, if that is another job.

create type ratchet.work as (
  kind text,
  job_id bigint,
  address text,
  "position" int,
  attempt int,
  namespace text,
  workflow_id text,
  workflow text,
  queue text,
  name text,
  input json,
  options json,
  is_failed boolean,
  is_cancelled boolean,
  value text,
  expire_seconds bigint
);
comment on type ratchet.work is 'One thing an exchange hands to a worker.';
