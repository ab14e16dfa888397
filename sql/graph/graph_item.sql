-- One thing to do in a stretch: enter an activity (answer empty), or go on with its answer.

create type ratchet_internal.graph_item as (
  address text,
  "position" int,
  scope jsonb,
  answer ratchet.jobs_attributes,
  options json,
  message tid
);
comment on type ratchet_internal.graph_item is
  'One thing to do in a stretch: an activity to enter, or an answer to go on with. scope has the '
  'outputs of its ancestors; message is where the row is that stands for it, which is locked.';
