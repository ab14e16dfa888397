-- The search attributes with which a job is started, out of the options of the start. Total: null
-- where there are none. Inlinable: part of set-based inserts.

create function ratchet_internal.search_of(p_options json) returns json
language sql immutable parallel safe
return case when json_typeof(p_options -> 'search' -> 'data') = 'object'
  then p_options -> 'search' -> 'data' end;
comment on function ratchet_internal.search_of(json) is
  'The search attributes among the options of a start; null where there are none.';
