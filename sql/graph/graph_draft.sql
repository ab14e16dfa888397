-- A job in the course of a stretch: what is to be done yet, and what it has come to and has yet to
-- be written. Everything follows one version; root is the activity with which the job started.
-- active_since: of that version; null in a first stretch. spans is null unless the caller wants to
-- know what was done (with_spans).

create type ratchet_internal.graph_draft as (
  now timestamptz,
  version_id bigint,
  root int,
  is_new boolean,
  job ratchet.jobs,
  ahead bigint[],
  items ratchet_internal.graph_item[],
  steps int,
  attributes ratchet.jobs_attributes[],
  changed ratchet.jobs_attributes[],
  messages ratchet_internal.messages[],
  taken tid[],
  later tid[],
  passes jsonb,
  signals jsonb[],
  announcements jsonb[],
  fields jsonb,
  facts jsonb,
  escalations jsonb[],
  children jsonb[],
  jobs bigint[],
  stop jsonb,
  scope jsonb,
  expire jsonb,
  spans jsonb[],
  active_since timestamptz
);
comment on type ratchet_internal.graph_draft is
  'A job in the course of a stretch: what is to be done, and what is to be written.';
