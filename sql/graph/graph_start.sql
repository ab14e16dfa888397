-- What the start of a job came to.

create type ratchet_internal.graph_start as (
  job ratchet.jobs,
  run ratchet_internal.graph_run
);
comment on type ratchet_internal.graph_start is
  'What the start of a job came to: the job as it was written, and what is to be done after it.';
