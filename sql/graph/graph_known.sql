-- Activities of versions that have been read, with keys to find them by. Types of their own, and no
-- records: what is in a record is looked up anew at each call.

create type ratchet_internal.graph_known as (
  keys bigint[],
  activities ratchet_internal.graph_activities[]
);
comment on type ratchet_internal.graph_known is
  'Activities that have been read; the keys are version and position in one number.';
