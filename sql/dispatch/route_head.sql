-- A route of a worker at one moment, and where its work begins: what is before has been taken.

create type ratchet_internal.route_head as (
  namespace text,
  queue text,
  workflow text,
  opens_at timestamptz,
  ready_at timestamptz,
  due_at timestamptz
);
comment on type ratchet_internal.route_head is
  'A route of a worker, with the times of its first ready and its first due message, if any.';
