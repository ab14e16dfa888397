-- What a stretch has come to so far and has yet to write. It is written every few activities.

create type ratchet_internal.graph_draft as (
  now timestamptz,
  job ratchet.jobs,
  attributes ratchet.jobs_attributes[],
  changed ratchet.jobs_attributes[],
  messages ratchet_internal.messages[],
  taken_addresses text[],
  taken_positions int[],
  passes jsonb,
  signals jsonb[],
  announcements jsonb[],
  fields jsonb,
  facts jsonb,
  escalations jsonb[],
  children jsonb[],
  jobs bigint[],
  items ratchet_internal.graph_item[],
  stop jsonb,
  scope jsonb
);
comment on type ratchet_internal.graph_draft is
  'What a stretch of a job has come to and has yet to write.';
