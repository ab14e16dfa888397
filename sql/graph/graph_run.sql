-- What a stretch leaves to be done after it has been written.

create type ratchet_internal.graph_run as (
  steps int,
  children jsonb[],
  jobs bigint[]
);
comment on type ratchet_internal.graph_run is
  'What a stretch leaves to be done: children to start, jobs that may go on; and how many '
  'activities it ran.';
