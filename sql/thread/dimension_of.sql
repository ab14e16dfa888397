-- A thread as people know it: empty for the main function, $n for its nth continued generation, and
-- ,0,0 ,0,1 and so on for hooks. Inlinable: part of views.

create function ratchet_internal.dimension_of(p_address text) returns text
language sql immutable parallel safe
return case when left(p_address, 1) = 'h'
  then ',0,' || substr(split_part(p_address, '#', 1), 2)::bigint - 1
  else split_part(p_address, '#', 1) end;
comment on function ratchet_internal.dimension_of(text) is
  'The thread of a row of the history as people know it: empty, $n, or ,0,n for a hook.';
