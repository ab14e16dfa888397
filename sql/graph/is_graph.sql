-- Whether an address belongs to a job of a graph: those begin with a comma. Inlinable.

create function ratchet_internal.is_graph(p_address text) returns boolean
language sql immutable parallel safe
return left(p_address, 1) = ',';
comment on function ratchet_internal.is_graph(text) is
  'Whether an address belongs to an activity of a graph.';
