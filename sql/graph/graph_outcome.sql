-- What one thing done in a stretch comes to. The functions that work it out write nothing: so
-- whatever an expression throws, there is nothing to take back.

create type ratchet_internal.graph_outcome as (
  attribute ratchet.jobs_attributes,
  message ratchet_internal.messages,
  output jsonb,
  hook jsonb,
  status text,
  code int,
  error jsonb,
  targets int[],
  scope jsonb,
  data jsonb,
  options jsonb,
  effects jsonb[],
  stop jsonb
);
comment on type ratchet_internal.graph_outcome is
  'What one thing done in a stretch comes to: a row of the history, a message if the activity stays'
  ' open, the activities that follow, job data, effects, and whether the job stops.';
