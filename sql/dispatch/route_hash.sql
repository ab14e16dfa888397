-- The three names of a route as one number: at the head of an index it takes eight bytes instead of
-- some thirty, and one comparison. Names with the same number are told apart by is_for.
-- Inlinable: part of indexes and set-based statements.

create function ratchet_internal.route_hash(p_queue text, p_workflow text, p_namespace text)
returns bigint
language sql immutable parallel safe
return hashtextextended(p_queue collate "C", hashtextextended(p_workflow collate "C",
  hashtextextended(p_namespace collate "C", 0)));
comment on function ratchet_internal.route_hash(text, text, text) is
  'The three names of a route as one number, the head of the indexes that routes are looked up in.';
